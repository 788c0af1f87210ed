"""What Android phones print, written by the formats of AOSP 9 to 16 with planted identifiers.

No line is of a real phone. The identifiers are CANARIES: they must never come out again.
"""

CANARIES = {
    "IMEI": "356938035643809",
    "IMSI": "310410123456789",
    "ICCID": "89014103211118510720",
    "phone number": "15125550142",
    "cell id": "268435007",
    "tracking area": "54321",
    "location area": "43690",
    "serial number": "R58M12ABCDE",
    "android id": "9774d56d682e549c",
}
SERIAL = CANARIES["serial number"]

_OLD_CELL = (
    f"CellIdentityLte:{{ mCi={CANARIES['cell id']} mPci=153 mTac={CANARIES['tracking area']} "
    "mEarfcn=66536 mBandwidth=20000 mMcc=310 mMnc=410 mAlphaLong=AT&T mAlphaShort=AT&T}"
)
_CELL = _OLD_CELL[:-1] + " mAdditionalPlmns={} mCsgInfo=null}"
_NONE = 2147483647


def signal(rsrp: int = -105, level: int = 3) -> str:
    """SignalStrength.toString, Android 10 and newer, with LTE as the primary technology."""
    return (
        f"SignalStrength:{{mCdma=CellSignalStrengthCdma: cdmaDbm={_NONE} cdmaEcio={_NONE} "
        f"evdoDbm={_NONE} evdoEcio={_NONE} evdoSnr={_NONE} level=0,"
        f"mGsm=CellSignalStrengthGsm: rssi={_NONE} ber={_NONE} mTa={_NONE} mLevel=0,"
        f"mWcdma=CellSignalStrengthWcdma: ss={_NONE} ber={_NONE} rscp={_NONE} ecno={_NONE} level=0,"
        f"mTdscdma=CellSignalStrengthTdscdma: rssi={_NONE} ber={_NONE} rscp={_NONE} level=0,"
        f"mLte=CellSignalStrengthLte: rssi=-71 rsrp={rsrp} rsrq=-13 rssnr=15 "
        f"cqiTableIndex={_NONE} cqi={_NONE} ta={_NONE} level={level} parametersUseForLevel=0,"
        f"mNr=CellSignalStrengthNr:{{ csiRsrp = {_NONE} csiRsrq = {_NONE} ssRsrp = {_NONE} "
        f"ssRsrq = {_NONE} ssSinr = {_NONE} level = 0 parametersUseForLevel = 0 }},"
        "primary=CellSignalStrengthLte}"
    )


def registration(
    domain: str,
    state: str,
    *,
    transport: str = "WWAN",
    technology: str = "LTE",
    cause: int = 0,
    emergency: bool = False,
    plmn: str = "310410",
) -> str:
    """NetworkRegistrationInfo.toString of Android 12 to 16."""
    roaming = "INTERNATIONAL" if state == "ROAMING" else "NOT_ROAMING"
    return (
        f"NetworkRegistrationInfo{{ domain={domain} transportType={transport} "
        f"registrationState={state} networkRegistrationState={state} roamingType={roaming} "
        f"accessNetworkTechnology={technology} rejectCause={cause} "
        f"emergencyEnabled={str(emergency).lower()} availableServices=[] "
        f"cellIdentity={_CELL} voiceSpecificInfo=null dataSpecificInfo=null nrState=**** "
        f"rRplmn={plmn} isUsingCarrierAggregation=false isNonTerrestrialNetwork=TERRESTRIAL}}"
    )


def service(
    voice: str, data: str, *registrations: str, emergency: bool = False, name: str = "AT&T"
) -> str:
    """ServiceState.toString of Android 11 to 16."""
    return (
        f"{{mVoiceRegState={voice}, mDataRegState={data}, mChannelNumber=66536, duplexMode()=1, "
        f"mCellBandwidths=[20000], mOperatorAlphaLong={name}, mOperatorAlphaShort={name}, "
        "isManualNetworkSelection=false(automatic), getRilVoiceRadioTechnology=14(LTE), "
        "getRilDataRadioTechnology=14(LTE), mCssIndicator=unsupported, mNetworkId=-1, "
        "mSystemId=-1, mCdmaRoamingIndicator=-1, mCdmaDefaultRoamingIndicator=-1, "
        f"mIsEmergencyOnly={str(emergency).lower()}, isUsingCarrierAggregation=false, "
        f"mArfcnRsrpBoost=0, mNetworkRegistrationInfos=[{', '.join(registrations)}], "
        f"mNrFrequencyRange=0, mOperatorAlphaLongRaw={name}, mOperatorAlphaShortRaw={name}, "
        "mIsDataRoamingFromRegistration=false, mIsIwlanPreferred=false}"
    )


def dump(*slots: str, preferred: int = 0) -> str:
    """TelephonyRegistry.dump, with its logs: older states stand there, and must not be read."""
    lines = ["last known state:"]
    for number, state in enumerate(slots):
        lines += [
            f"  Phone Id={number}",
            "    mCallState=0",
            f"    mCallIncomingNumber=+{CANARIES['phone number']}",
            f"    mServiceState={state}",
            "    mVoiceActivationState= 0",
            "    mUserMobileDataState= true",
            f"    mSignalStrength={signal()}",
            "    mDataConnectionState=2",
            f"    mCellIdentity={_CELL}",
            f"    mCellInfo=[CellInfoLte:{{mRegistered=YES {_CELL}}}]",
        ]
    lines += [
        "  mPhoneCapability=PhoneCapability{}",
        f"  mDefaultPhoneId={preferred}",
        f"  mDefaultSubId={preferred + 1}",
        "local logs:",
        "  2026-01-01T00:00:00 - notifyServiceStateForSubscriber: phoneId=0 subId=1 state="
        + service(OUT, OUT, registration("PS", "DENIED", cause=7)),
        f"  Phone Id=7 line1=+{CANARIES['phone number']} imsi={CANARIES['IMSI']}",
        f"    mServiceState={service(OFF, OFF)}",
        "registrations: count=31",
    ]
    return "\n".join(lines) + "\n"


IN, OUT, EMERGENCY, OFF = "0(IN_SERVICE)", "1(OUT_OF_SERVICE)", "2(EMERGENCY_ONLY)", "3(POWER_OFF)"
NO_TUNNEL = registration(
    "PS", "NOT_REG_OR_SEARCHING", transport="WLAN", technology="IWLAN", plmn=""
)
TUNNEL = registration("PS", "HOME", transport="WLAN", technology="IWLAN")

HEALTHY = service(IN, IN, NO_TUNNEL, registration("CS", "HOME"), registration("PS", "HOME"))
ROAMING = service(
    IN,
    IN,
    registration("CS", "ROAMING", plmn="20801"),
    registration("PS", "ROAMING", plmn="20801"),
    name="Orange F",
)
SOS_DENIED = service(
    OUT,
    OUT,
    NO_TUNNEL,
    registration("CS", "DENIED", cause=17, emergency=True, technology="UNKNOWN"),
    registration("PS", "DENIED", cause=15, technology="UNKNOWN", plmn=""),
    emergency=True,
    name="Emergency calls only",
)
SOS_CAMPED = service(
    EMERGENCY,
    OUT,
    NO_TUNNEL,
    registration("CS", "NOT_REG_SEARCHING", emergency=True, plmn="310260"),
    registration("PS", "NOT_REG_OR_SEARCHING", plmn=""),
    emergency=True,
    name="",
)
SEARCHING = service(
    OUT, OUT, registration("CS", "NOT_REG_SEARCHING"), registration("PS", "NOT_REG_SEARCHING")
)
NO_COVERAGE = service(
    OUT, OUT, registration("CS", "NOT_REG_OR_SEARCHING"), registration("PS", "UNKNOWN")
)
WIFI_CALLING_WITHOUT_COVERAGE = service(
    OUT,
    IN,
    TUNNEL,
    registration("CS", "NOT_REG_SEARCHING", plmn=""),
    registration("PS", "NOT_REG_SEARCHING", plmn=""),
)
WIFI_CALLING_IN_AIRPLANE_MODE = service(
    OFF, IN, TUNNEL, registration("CS", "UNKNOWN", plmn=""), registration("PS", "UNKNOWN", plmn="")
)
VOICE_WITHOUT_DATA = service(
    IN, OUT, registration("CS", "HOME", technology="UMTS"), registration("PS", "DENIED", cause=7)
)
DATA_BY_IMS_ALONE = service(
    OUT, IN, registration("CS", "DENIED", cause=18), registration("PS", "HOME", technology="NR")
)

ANDROID_9_REGISTRATION = (
    "NetworkRegistrationState{transportType=%d domain=%s regState=%s accessNetworkTechnology=%s "
    "reasonForDenial=%d emergencyEnabled=false supportedServices=[I@1f2e3d4 cellIdentity="
    + _OLD_CELL.replace("%", "%%")
    + " voiceSpecificStates=null dataSpecificStates=null}"
)
_ANDROID_9 = (
    "{mVoiceRegState=%s, mDataRegState=%s, mChannelNumber=2147483647, duplexMode()=0, "
    "mCellBandwidths=[], mVoiceOperatorAlphaLong=%s, mVoiceOperatorAlphaShort=ATT, "
    "mDataOperatorAlphaLong=%s, mDataOperatorAlphaShort=ATT, "
    "isManualNetworkSelection=false(automatic), getRilVoiceRadioTechnology=14(LTE), "
    "getRilDataRadioTechnology=%s, mCssIndicator=unsupported, mNetworkId=-1, mSystemId=-1, "
    "mCdmaRoamingIndicator=-1, mCdmaDefaultRoamingIndicator=-1, mIsEmergencyOnly=false, "
    "mIsDataRoamingFromRegistration=false, mIsUsingCarrierAggregation=false, "
    "mLteEarfcnRsrpBoost=0, mNetworkRegistrationStates=[%s]}"
)
ANDROID_9_HEALTHY = _ANDROID_9 % (
    IN,
    IN,
    "AT&T",
    "AT&T",
    "14(LTE)",
    ANDROID_9_REGISTRATION % (1, "CS", "HOME", "LTE", 0)
    + ", "
    + ANDROID_9_REGISTRATION % (1, "PS", "HOME", "LTE", 0),
)
ANDROID_9_TUNNEL = _ANDROID_9 % (OUT, IN, "AT&T", "AT&T", "18(IWLAN)", "")

# A vendor that writes its own keys between, hides levels, and has a state nobody else has.
SAMSUNG_11 = (
    "{mVoiceRegState=0(IN_SERVICE), mDataRegState=0(IN_SERVICE), mChannelNumber=66536, "
    "duplexMode()=1, mCellBandwidths=[20000], mOperatorAlphaLong=Verizon , "
    "mOperatorAlphaShort=Verizon , isManualNetworkSelection=false(automatic), "
    "getRilVoiceRadioTechnology=14(LTE), getRilDataRadioTechnology=14(LTE), "
    "mCssIndicator=unsupported, mNetworkId=*1, mSystemId=*1, mCdmaRoamingIndicator=-1, "
    "mCdmaDefaultRoamingIndicator=-1, VoiceRegType=0, Snap=0, MobileData=IN_SERVICE, "
    "MobileDataRoamingType=home, MobileDataRat=LTE_CA, PsOnly=true, FemtocellInd=0, "
    "mIsEmergencyOnly=false, isUsingCarrierAggregation=false, mArfcnRsrpBoost=0, "
    "mNetworkRegistrationInfos=[NetworkRegistrationInfo{ domain=CS transportType=WWAN "
    "registrationState=HOME roamingType=NOT_ROAMING accessNetworkTechnology=LTE rejectCause=0 "
    "emergencyEnabled=false availableServices=[VOICE,SMS,VIDEO] cellIdentity=CellIdentityLte:{ "
    "mCi=7*****68 mPci=423 mTac=3**4 mEarfcn=66536} voiceSpecificInfo=null dataSpecificInfo=null "
    "nrState=NONE rRplmn=311480}, NetworkRegistrationInfo{ domain=PS transportType=WWAN "
    "registrationState=VENDOR_LIMITED roamingType=NOT_ROAMING accessNetworkTechnology=LTE_CA "
    "rejectCause=0 emergencyEnabled=false availableServices=[DATA] cellIdentity=null "
    "voiceSpecificInfo=null dataSpecificInfo=null nrState=NONE rRplmn=311480}], "
    "mNrFrequencyRange=0}"
)
