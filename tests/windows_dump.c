/* Prints what the functions that netcheck asks of Windows leave in memory, as lines of
   NAME ADDRESS HEX or NAME NUMBER. Runs on Windows, and on Wine (tests/windows_recorder.py). */
#define _WIN32_WINNT 0x0A00
#define COBJMACROS
#define INITGUID
#include <winsock2.h>
#include <ws2tcpip.h>
#include <windows.h>
#include <iphlpapi.h>
#include <icmpapi.h>
#include <netlistmgr.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <winhttp.h>

static void memory(const char *name, const void *where, size_t size) {
  printf("%s %llu ", name, (unsigned long long)(ULONG_PTR)where);
  for (size_t i = 0; i < size; i++) printf("%02x", ((const unsigned char *)where)[i]);
  printf("\n");
}

static void number(const char *name, unsigned long long value) { printf("%s %llu\n", name, value); }

static void adapters(void) {
  static ULONG64 room[8192];
  ULONG size = sizeof room, small = 8;
  number("adapters-small", GetAdaptersAddresses(AF_UNSPEC, 6, NULL, (void *)room, &small));
  number("adapters-wanted", small);
  number("adapters-code", GetAdaptersAddresses(AF_UNSPEC, 6, NULL, (void *)room, &size));
  memory("adapters", room, small);
  for (IP_ADAPTER_ADDRESSES *one = (void *)room; one; one = one->Next) {
    MIB_IF_ROW2 row;
    WCHAR alias[257];
    memset(&row, 0, sizeof row);
    row.InterfaceLuid = one->Luid;
    number("ifrow-code", GetIfEntry2(&row));
    memory("ifrow", &row, sizeof row);
    memset(alias, 0, sizeof alias);
    number("alias-code", ConvertInterfaceLuidToAlias(&one->Luid, alias, 257));
    memory("alias", alias, sizeof alias);
  }
}

static void tables(ADDRESS_FAMILY family) {
  MIB_IPFORWARD_TABLE2 *routes = NULL;
  MIB_IPNET_TABLE2 *neighbours = NULL;
  DWORD code = GetIpForwardTable2(family, &routes);
  number(family == AF_INET ? "routes4-code" : "routes6-code", code);
  if (!code)
    memory(family == AF_INET ? "routes4" : "routes6", routes,
           offsetof(MIB_IPFORWARD_TABLE2, Table) + routes->NumEntries * sizeof routes->Table[0]);
  code = GetIpNetTable2(family, &neighbours);
  number(family == AF_INET ? "neighbours4-code" : "neighbours6-code", code);
  if (!code)
    memory(family == AF_INET ? "neighbours4" : "neighbours6", neighbours,
           offsetof(MIB_IPNET_TABLE2, Table) +
               neighbours->NumEntries * sizeof neighbours->Table[0]);
}

static void best(const char *name, const char *text) {
  char called[64];
  SOCKADDR_INET wanted, source;
  MIB_IPFORWARD_ROW2 row;
  memset(&wanted, 0, sizeof wanted);
  memset(&source, 0, sizeof source);
  memset(&row, 0, sizeof row);
  wanted.si_family = strchr(text, ':') ? AF_INET6 : AF_INET;
  inet_pton(wanted.si_family, text,
            wanted.si_family == AF_INET ? (void *)&wanted.Ipv4.sin_addr : &wanted.Ipv6.sin6_addr);
  snprintf(called, sizeof called, "best-%s-code", name);
  number(called, GetBestRoute2(NULL, 0, NULL, &wanted, 0, &row, &source));
  snprintf(called, sizeof called, "best-%s", name);
  memory(called, &row, sizeof row);
  snprintf(called, sizeof called, "source-%s", name);
  memory(called, &source, sizeof source);
}

static void echo4(const char *name, const char *text, int ttl) {
  char called[64];
  static ULONG64 room[64];
  IP_OPTION_INFORMATION options;
  HANDLE handle = IcmpCreateFile();
  memset(room, 0, sizeof room);
  memset(&options, 0, sizeof options);
  options.Ttl = ttl;
  DWORD count = IcmpSendEcho2(handle, NULL, NULL, NULL, inet_addr(text), "netcheck path", 13,
                              &options, room, sizeof room, 500);
  DWORD code = count ? 0 : GetLastError();
  snprintf(called, sizeof called, "icmp-%s-code", name);
  number(called, code);
  snprintf(called, sizeof called, "icmp-%s", name);
  memory(called, room, sizeof room);
  IcmpCloseHandle(handle);
}

static void opinion(void) {
  INetworkListManager *manager = NULL;
  NLM_CONNECTIVITY flags = 0;
  CoInitializeEx(NULL, COINIT_MULTITHREADED);
  HRESULT result = CoCreateInstance(&CLSID_NetworkListManager, NULL, CLSCTX_ALL,
                                    &IID_INetworkListManager, (void **)&manager);
  number("opinion-made", (unsigned)result);
  if (result >= 0) {
    void ***object = (void ***)manager; /* as netcheck calls it: the place 13 of the table */
    number("opinion-code",
           (unsigned)((HRESULT(WINAPI *)(void *, void *))object[0][13])(manager, &flags));
    number("opinion-flags", flags);
    number("opinion-left", ((ULONG(WINAPI *)(void *))object[0][2])(manager));
  }
  CoUninitialize();
}

static void proxy(void) {
  WINHTTP_CURRENT_USER_IE_PROXY_CONFIG user;
  memset(&user, 0, sizeof user);
  BOOL good = WinHttpGetIEProxyConfigForCurrentUser(&user);
  number("proxy-code", good ? 0 : GetLastError());
  if (user.lpszProxy) memory("proxy-text", user.lpszProxy, 2 * (lstrlenW(user.lpszProxy) + 1));
}

int main(void) {
  WSADATA data;
  WSAStartup(0x202, &data);
  echo4("answered", "192.0.2.1", 64);
  echo4("expired", "198.51.100.9", 1);
  echo4("silent", "192.0.2.77", 64);
  adapters();
  tables(AF_INET);
  tables(AF_INET6);
  best("far", "203.0.113.5");
  best("near", "192.0.2.200");
  best("far6", "2001:db8:9::9");
  opinion();
  proxy();
  return 0;
}
