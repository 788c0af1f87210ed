"""Declarations of Windows' native Wi-Fi (wlanapi.dll).

Source: wlanapi.h, wlantypes.h and windot11.h of the Windows SDK. Nothing is called here.
"""

from enum import IntEnum

from netcheck.device.windows_calls import (
    ENUM,
    LONG,
    POINTER,
    UCHAR,
    ULONG,
    ULONG64,
    USHORT,
    WCHAR,
    Function,
    Guid,
    Record,
)

LIBRARY = "wlanapi.dll"
CLIENT_VERSION = 2  # of Vista and later


class Error(IntEnum):
    """winerror.h."""

    ERROR_ACCESS_DENIED = 5
    ERROR_SERVICE_NOT_ACTIVE = 1062
    ERROR_NOT_FOUND = 1168


class Number(IntEnum):
    """Enumerators and limits, by the headers' names."""

    wlan_interface_state_not_ready = 0
    wlan_interface_state_connected = 1
    wlan_interface_state_ad_hoc_network_formed = 2
    wlan_interface_state_disconnecting = 3
    wlan_interface_state_disconnected = 4
    wlan_interface_state_associating = 5
    wlan_interface_state_discovering = 6
    wlan_interface_state_authenticating = 7
    wlan_intf_opcode_radio_state = 4
    wlan_intf_opcode_current_connection = 7
    wlan_intf_opcode_channel_number = 8
    wlan_intf_opcode_statistics = 0x10000101
    wlan_intf_opcode_rssi = 0x10000102
    dot11_radio_state_unknown = 0
    dot11_radio_state_on = 1
    dot11_radio_state_off = 2
    DOT11_AUTH_ALGO_80211_OPEN = 1
    DOT11_AUTH_ALGO_80211_SHARED_KEY = 2
    DOT11_AUTH_ALGO_WPA = 3
    DOT11_AUTH_ALGO_WPA_PSK = 4
    DOT11_AUTH_ALGO_WPA_NONE = 5
    DOT11_AUTH_ALGO_RSNA = 6
    DOT11_AUTH_ALGO_RSNA_PSK = 7
    DOT11_CIPHER_ALGO_NONE = 0
    DOT11_SSID_MAX_LENGTH = 32
    dot11_BSS_type_any = 3  # noqa: N815 (its name in the headers)
    WLAN_NOTIFICATION_SOURCE_NONE = 0
    WLAN_NOTIFICATION_SOURCE_ACM = 8
    WLAN_NOTIFICATION_SOURCE_MSM = 16
    wlan_notification_acm_connection_start = 9
    wlan_notification_acm_connection_complete = 10
    wlan_notification_acm_connection_attempt_fail = 11
    wlan_notification_acm_disconnected = 21


class LaterNumber(IntEnum):
    """Of the same headers, but younger than some sets of them."""

    DOT11_AUTH_ALGO_WPA3 = 8  # of Enterprise, 192 bits
    DOT11_AUTH_ALGO_WPA3_SAE = 9
    DOT11_AUTH_ALGO_OWE = 10
    DOT11_AUTH_ALGO_WPA3_ENT = 11
    wlan_notification_msm_associated = 2
    wlan_notification_msm_connected = 4
    wlan_notification_msm_roaming_end = 6
    WLAN_REASON_CODE_SUCCESS = 0
    WLAN_REASON_CODE_NETWORK_NOT_AVAILABLE = 0x2800B
    WLAN_REASON_CODE_KEY_MISMATCH = 0x2800D
    WLAN_REASON_CODE_ASSOCIATION_FAILURE = 0x38002
    WLAN_REASON_CODE_ASSOCIATION_TIMEOUT = 0x38003
    WLAN_REASON_CODE_NO_VISIBLE_AP = 0x38014
    WLAN_REASON_CODE_MSMSEC_KEY_FORMAT = 0x48012
    WLAN_REASON_CODE_MSMSEC_PSK_MISMATCH_SUSPECTED = 0x48014


class Ssid(Record):
    """A network's name: bytes of any kind, no text."""

    declared_as = "DOT11_SSID"
    _fields_ = (("uSSIDLength", ULONG), ("ucSSID", UCHAR * Number.DOT11_SSID_MAX_LENGTH))


class InterfaceInfo(Record):
    """One wireless interface."""

    declared_as = "WLAN_INTERFACE_INFO"
    _fields_ = (
        ("InterfaceGuid", Guid),
        ("strInterfaceDescription", WCHAR * 256),
        ("isState", ENUM),
    )


class InterfaceInfoList(Record):
    """As many follow as it says."""

    declared_as = "WLAN_INTERFACE_INFO_LIST"
    _fields_ = (("dwNumberOfItems", ULONG), ("dwIndex", ULONG))


class AssociationAttributes(Record):
    """Rates in kbit/s; the signal in percent."""

    declared_as = "WLAN_ASSOCIATION_ATTRIBUTES"
    _fields_ = (
        ("dot11Ssid", Ssid),
        ("dot11BssType", ENUM),
        ("dot11Bssid", UCHAR * 6),
        ("dot11PhyType", ENUM),
        ("uDot11PhyIndex", ULONG),
        ("wlanSignalQuality", ULONG),
        ("ulRxRate", ULONG),
        ("ulTxRate", ULONG),
    )


class SecurityAttributes(Record):
    """How the association is locked."""

    declared_as = "WLAN_SECURITY_ATTRIBUTES"
    _fields_ = (
        ("bSecurityEnabled", LONG),
        ("bOneXEnabled", LONG),
        ("dot11AuthAlgorithm", ENUM),
        ("dot11CipherAlgorithm", ENUM),
    )


class ConnectionAttributes(Record):
    """The association."""

    declared_as = "WLAN_CONNECTION_ATTRIBUTES"
    _fields_ = (
        ("isState", ENUM),
        ("wlanConnectionMode", ENUM),
        ("strProfileName", WCHAR * 256),
        ("wlanAssociationAttributes", AssociationAttributes),
        ("wlanSecurityAttributes", SecurityAttributes),
    )


class RateSet(Record):
    """The rates an access point announces."""

    declared_as = "WLAN_RATE_SET"
    _fields_ = (("uRateSetLength", ULONG), ("usRateSet", USHORT * 126))


class BssEntry(Record):
    """One access point in memory. The frequency is in kHz; `ulIeOffset` counts from here."""

    declared_as = "WLAN_BSS_ENTRY"
    _fields_ = (
        ("dot11Ssid", Ssid),
        ("uPhyId", ULONG),
        ("dot11Bssid", UCHAR * 6),
        ("dot11BssType", ENUM),
        ("dot11BssPhyType", ENUM),
        ("lRssi", LONG),
        ("uLinkQuality", ULONG),
        ("bInRegDomain", UCHAR),
        ("usBeaconPeriod", USHORT),
        ("ullTimestamp", ULONG64),
        ("ullHostTimestamp", ULONG64),
        ("usCapabilityInformation", USHORT),
        ("ulChCenterFrequency", ULONG),
        ("wlanRateSet", RateSet),
        ("ulIeOffset", ULONG),
        ("ulIeSize", ULONG),
    )


class BssList(Record):
    """As many follow as it says, in as many bytes."""

    declared_as = "WLAN_BSS_LIST"
    _fields_ = (
        ("dwTotalSize", ULONG),
        ("dwNumberOfItems", ULONG),
        ("wlanBssEntries", BssEntry * 1),
    )


class MacFrameStatistics(Record):
    """Frames by what became of them, seen from above."""

    declared_as = "WLAN_MAC_FRAME_STATISTICS"
    _fields_ = (
        ("ullTransmittedFrameCount", ULONG64),
        ("ullReceivedFrameCount", ULONG64),
        ("ullWEPExcludedCount", ULONG64),
        ("ullTKIPLocalMICFailures", ULONG64),
        ("ullTKIPReplays", ULONG64),
        ("ullTKIPICVErrorCount", ULONG64),
        ("ullCCMPReplays", ULONG64),
        ("ullCCMPDecryptErrors", ULONG64),
        ("ullWEPUndecryptableCount", ULONG64),
        ("ullWEPICVErrorCount", ULONG64),
        ("ullDecryptSuccessCount", ULONG64),
        ("ullDecryptFailureCount", ULONG64),
    )


class PhyFrameStatistics(Record):
    """Frames by what became of them on the air, of one kind of radio."""

    declared_as = "WLAN_PHY_FRAME_STATISTICS"
    _fields_ = (
        ("ullTransmittedFrameCount", ULONG64),
        ("ullMulticastTransmittedFrameCount", ULONG64),
        ("ullFailedCount", ULONG64),
        ("ullRetryCount", ULONG64),
        ("ullMultipleRetryCount", ULONG64),
        ("ullMaxTXLifetimeExceededCount", ULONG64),
        ("ullTransmittedFragmentCount", ULONG64),
        ("ullRTSSuccessCount", ULONG64),
        ("ullRTSFailureCount", ULONG64),
        ("ullACKFailureCount", ULONG64),
        ("ullReceivedFrameCount", ULONG64),
        ("ullMulticastReceivedFrameCount", ULONG64),
        ("ullPromiscuousReceivedFrameCount", ULONG64),
        ("ullMaxRXLifetimeExceededCount", ULONG64),
        ("ullFrameDuplicateCount", ULONG64),
        ("ullReceivedFragmentCount", ULONG64),
        ("ullPromiscuousReceivedFragmentCount", ULONG64),
        ("ullFCSErrorCount", ULONG64),
    )


class Statistics(Record):
    """The radios follow, as many as it says."""

    declared_as = "WLAN_STATISTICS"
    _fields_ = (
        ("ullFourWayHandshakeFailures", ULONG64),
        ("ullTKIPCounterMeasuresInvoked", ULONG64),
        ("ullReserved", ULONG64),
        ("MacUcastCounters", MacFrameStatistics),
        ("MacMcastCounters", MacFrameStatistics),
        ("dwNumberOfPhys", ULONG),
        ("PhyCounters", PhyFrameStatistics * 1),
    )


class PhyRadioState(Record):
    """The switches of one kind of radio."""

    declared_as = "WLAN_PHY_RADIO_STATE"
    _fields_ = (
        ("dwPhyIndex", ULONG),
        ("dot11SoftwareRadioState", ENUM),
        ("dot11HardwareRadioState", ENUM),
    )


class RadioState(Record):
    """As many are filled in as it says."""

    declared_as = "WLAN_RADIO_STATE"
    _fields_ = (("dwNumberOfPhys", ULONG), ("PhyRadioState", PhyRadioState * 64))


class NotificationData(Record):
    """What happened; more of it lies elsewhere."""

    declared_as = "WLAN_NOTIFICATION_DATA"
    _fields_ = (
        ("NotificationSource", ULONG),
        ("NotificationCode", ULONG),
        ("InterfaceGuid", Guid),
        ("dwDataSize", ULONG),
        ("pData", POINTER),
    )


class ConnectionNotification(Record):
    """What came of a try to join, told by those who manage it."""

    declared_as = "WLAN_CONNECTION_NOTIFICATION_DATA"
    _fields_ = (
        ("wlanConnectionMode", ENUM),
        ("strProfileName", WCHAR * 256),
        ("dot11Ssid", Ssid),
        ("dot11BssType", ENUM),
        ("bSecurityEnabled", LONG),
        ("wlanReasonCode", ULONG),
        ("dwFlags", ULONG),
        ("strProfileXml", WCHAR * 1),
    )


class MediaNotification(Record):
    """What happened on the air, told by the driver's side."""

    declared_as = "WLAN_MSM_NOTIFICATION_DATA"
    _fields_ = (
        ("wlanConnectionMode", ENUM),
        ("strProfileName", WCHAR * 256),
        ("dot11Ssid", Ssid),
        ("dot11BssType", ENUM),
        ("dot11MacAddr", UCHAR * 6),
        ("bSecurityEnabled", LONG),
        ("bFirstPeer", LONG),
        ("bLastPeer", LONG),
        ("wlanReasonCode", ULONG),
    )


FUNCTIONS = {
    "WlanOpenHandle": Function(ULONG, (ULONG, POINTER, POINTER, POINTER)),
    "WlanCloseHandle": Function(ULONG, (POINTER, POINTER)),
    "WlanEnumInterfaces": Function(ULONG, (POINTER, POINTER, POINTER)),
    "WlanQueryInterface": Function(
        ULONG, (POINTER, POINTER, ENUM, POINTER, POINTER, POINTER, POINTER)
    ),
    "WlanGetNetworkBssList": Function(
        ULONG, (POINTER, POINTER, POINTER, ENUM, LONG, POINTER, POINTER)
    ),
    "WlanRegisterNotification": Function(
        ULONG, (POINTER, ULONG, LONG, POINTER, POINTER, POINTER, POINTER)
    ),
    "WlanFreeMemory": Function(None, (POINTER,)),
}
