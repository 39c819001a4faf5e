/* Objects, properties, devices, streams and controls: what the client API and the plug-in interface have in
 * common.
 *
 * Written from the published interface: names, values and layouts are Apple's, the text is this project's. */
#pragma once

#include <CoreAudio/CoreAudioTypes.h>

#if defined(__GNUC__)
#pragma GCC system_header /* the four-character constants are multi-character literals */
#endif

#ifdef __cplusplus
extern "C" {
#endif

typedef UInt32 AudioObjectID;
typedef UInt32 AudioClassID;
typedef UInt32 AudioObjectPropertySelector;
typedef UInt32 AudioObjectPropertyScope;
typedef UInt32 AudioObjectPropertyElement;

/* A property of an object: what, on which side of the device, on which channel (0: the whole). */
struct AudioObjectPropertyAddress {
    AudioObjectPropertySelector mSelector;
    AudioObjectPropertyScope mScope;
    AudioObjectPropertyElement mElement;
};
typedef struct AudioObjectPropertyAddress AudioObjectPropertyAddress;

CF_ENUM(OSStatus){kAudioHardwareNoError = 0,
                  kAudioHardwareNotRunningError = 'stop',
                  kAudioHardwareUnspecifiedError = 'what',
                  kAudioHardwareUnknownPropertyError = 'who?',
                  kAudioHardwareBadPropertySizeError = '!siz',
                  kAudioHardwareIllegalOperationError = 'nope',
                  kAudioHardwareBadObjectError = '!obj',
                  kAudioHardwareBadDeviceError = '!dev',
                  kAudioHardwareBadStreamError = '!str',
                  kAudioHardwareUnsupportedOperationError = 'unop',
                  kAudioHardwareNotReadyError = 'nrdy',
                  kAudioDeviceUnsupportedFormatError = '!dat',
                  kAudioDevicePermissionsError = '!hog'};

CF_ENUM(AudioObjectID){kAudioObjectUnknown = 0};

CF_ENUM(AudioObjectPropertyScope){
    kAudioObjectPropertyScopeGlobal = 'glob', kAudioObjectPropertyScopeInput = 'inpt',
    kAudioObjectPropertyScopeOutput = 'outp', kAudioObjectPropertyScopePlayThrough = 'ptru'};

CF_ENUM(AudioObjectPropertyElement){kAudioObjectPropertyElementMain = 0,
                                    kAudioObjectPropertyElementMaster = kAudioObjectPropertyElementMain};

CF_ENUM(AudioObjectPropertySelector){kAudioObjectPropertySelectorWildcard = '****'};
CF_ENUM(AudioObjectPropertyScope){kAudioObjectPropertyScopeWildcard = '****'};
CF_ENUM(AudioObjectPropertyElement){kAudioObjectPropertyElementWildcard = 0xFFFFFFFF};
CF_ENUM(AudioClassID){kAudioObjectClassIDWildcard = '****'};

/* Any object. */
CF_ENUM(AudioClassID){kAudioObjectClassID = 'aobj'};
CF_ENUM(AudioObjectPropertySelector){kAudioObjectPropertyBaseClass = 'bcls',
                                     kAudioObjectPropertyClass = 'clas',
                                     kAudioObjectPropertyOwner = 'stdv',
                                     kAudioObjectPropertyName = 'lnam',
                                     kAudioObjectPropertyModelName = 'lmod',
                                     kAudioObjectPropertyManufacturer = 'lmak',
                                     kAudioObjectPropertyElementName = 'lchn',
                                     kAudioObjectPropertyElementCategoryName = 'lccn',
                                     kAudioObjectPropertyElementNumberName = 'lcnn',
                                     kAudioObjectPropertyOwnedObjects = 'ownd',
                                     kAudioObjectPropertyIdentify = 'iden',
                                     kAudioObjectPropertySerialNumber = 'snum',
                                     kAudioObjectPropertyFirmwareVersion = 'fwvn'};

/* Plug-ins. */
CF_ENUM(AudioClassID){kAudioPlugInClassID = 'aplg'};
CF_ENUM(AudioObjectPropertySelector){kAudioPlugInPropertyBundleID = 'piid',
                                     kAudioPlugInPropertyDeviceList = 'dev#',
                                     kAudioPlugInPropertyTranslateUIDToDevice = 'uidd',
                                     kAudioPlugInPropertyBoxList = 'box#',
                                     kAudioPlugInPropertyTranslateUIDToBox = 'uidb',
                                     kAudioPlugInPropertyClockDeviceList = 'clk#',
                                     kAudioPlugInPropertyTranslateUIDToClockDevice = 'uidc'};

CF_ENUM(AudioClassID){kAudioTransportManagerClassID = 'trpm', kAudioBoxClassID = 'abox',
                      kAudioClockDeviceClassID = 'aclk'};

/* Boxes: what devices are plugged into or built into. */
CF_ENUM(AudioObjectPropertySelector){
    kAudioBoxPropertyBoxUID = 'buid',     kAudioBoxPropertyTransportType = 'tran',
    kAudioBoxPropertyHasAudio = 'bhau',   kAudioBoxPropertyHasVideo = 'bhvi',
    kAudioBoxPropertyHasMIDI = 'bhmi',    kAudioBoxPropertyIsProtected = 'bpro',
    kAudioBoxPropertyAcquired = 'bxon',   kAudioBoxPropertyAcquisitionFailed = 'bxof',
    kAudioBoxPropertyDeviceList = 'bdv#', kAudioBoxPropertyClockDeviceList = 'bcl#'};

/* Devices. */
CF_ENUM(AudioClassID){kAudioDeviceClassID = 'adev'};

CF_ENUM(UInt32){kAudioDeviceTransportTypeUnknown = 0,          kAudioDeviceTransportTypeBuiltIn = 'bltn',
                kAudioDeviceTransportTypeAggregate = 'grup',   kAudioDeviceTransportTypeVirtual = 'virt',
                kAudioDeviceTransportTypePCI = 'pci ',         kAudioDeviceTransportTypeUSB = 'usb ',
                kAudioDeviceTransportTypeFireWire = '1394',    kAudioDeviceTransportTypeBluetooth = 'blue',
                kAudioDeviceTransportTypeBluetoothLE = 'blea', kAudioDeviceTransportTypeHDMI = 'hdmi',
                kAudioDeviceTransportTypeDisplayPort = 'dprt', kAudioDeviceTransportTypeAirPlay = 'airp',
                kAudioDeviceTransportTypeAVB = 'eavb',         kAudioDeviceTransportTypeThunderbolt = 'thun'};

CF_ENUM(AudioObjectPropertySelector){kAudioDevicePropertyConfigurationApplication = 'capp',
                                     kAudioDevicePropertyDeviceUID = 'uid ',
                                     kAudioDevicePropertyModelUID = 'muid',
                                     kAudioDevicePropertyTransportType = 'tran',
                                     kAudioDevicePropertyRelatedDevices = 'akin',
                                     kAudioDevicePropertyClockDomain = 'clkd',
                                     kAudioDevicePropertyDeviceIsAlive = 'livn',
                                     kAudioDevicePropertyDeviceIsRunning = 'goin',
                                     kAudioDevicePropertyDeviceCanBeDefaultDevice = 'dflt',
                                     kAudioDevicePropertyDeviceCanBeDefaultSystemDevice = 'sflt',
                                     kAudioDevicePropertyLatency = 'ltnc',
                                     kAudioDevicePropertyStreams = 'stm#',
                                     kAudioObjectPropertyControlList = 'ctrl',
                                     kAudioDevicePropertySafetyOffset = 'saft',
                                     kAudioDevicePropertyNominalSampleRate = 'nsrt',
                                     kAudioDevicePropertyAvailableNominalSampleRates = 'nsr#',
                                     kAudioDevicePropertyIcon = 'icon',
                                     kAudioDevicePropertyIsHidden = 'hidn',
                                     kAudioDevicePropertyPreferredChannelsForStereo = 'dch2',
                                     kAudioDevicePropertyPreferredChannelLayout = 'srnd'};

/* Streams. */
CF_ENUM(AudioClassID){kAudioStreamClassID = 'astr'};

CF_ENUM(UInt32){kAudioStreamTerminalTypeUnknown = 0,
                kAudioStreamTerminalTypeLine = 'line',
                kAudioStreamTerminalTypeDigitalAudioInterface = 'spdf',
                kAudioStreamTerminalTypeSpeaker = 'spkr',
                kAudioStreamTerminalTypeHeadphones = 'hdph',
                kAudioStreamTerminalTypeLFESpeaker = 'lfes',
                kAudioStreamTerminalTypeReceiverSpeaker = 'rspk',
                kAudioStreamTerminalTypeMicrophone = 'micr',
                kAudioStreamTerminalTypeHeadsetMicrophone = 'hmic',
                kAudioStreamTerminalTypeHDMI = 'hdmi',
                kAudioStreamTerminalTypeDisplayPort = 'dprt'};

CF_ENUM(AudioObjectPropertySelector){kAudioStreamPropertyIsActive = 'sact',
                                     kAudioStreamPropertyDirection = 'sdir',
                                     kAudioStreamPropertyTerminalType = 'term',
                                     kAudioStreamPropertyStartingChannel = 'schn',
                                     kAudioStreamPropertyLatency = kAudioDevicePropertyLatency,
                                     kAudioStreamPropertyVirtualFormat = 'sfmt',
                                     kAudioStreamPropertyAvailableVirtualFormats = 'sfma',
                                     kAudioStreamPropertyPhysicalFormat = 'pft ',
                                     kAudioStreamPropertyAvailablePhysicalFormats = 'pfta'};

/* A format with the range of sample rates it comes in. */
struct AudioStreamRangedDescription {
    AudioStreamBasicDescription mFormat;
    AudioValueRange mSampleRateRange;
};
typedef struct AudioStreamRangedDescription AudioStreamRangedDescription;

/* Controls. */
CF_ENUM(AudioClassID){kAudioControlClassID = 'actl',
                      kAudioSliderControlClassID = 'sldr',
                      kAudioLevelControlClassID = 'levl',
                      kAudioVolumeControlClassID = 'vlme',
                      kAudioLFEVolumeControlClassID = 'subv',
                      kAudioBooleanControlClassID = 'togl',
                      kAudioMuteControlClassID = 'mute',
                      kAudioSoloControlClassID = 'solo',
                      kAudioJackControlClassID = 'jack',
                      kAudioLFEMuteControlClassID = 'subm',
                      kAudioPhantomPowerControlClassID = 'phan',
                      kAudioPhaseInvertControlClassID = 'phsi',
                      kAudioClipLightControlClassID = 'clip',
                      kAudioTalkbackControlClassID = 'talb',
                      kAudioListenbackControlClassID = 'lsnb',
                      kAudioSelectorControlClassID = 'slct',
                      kAudioDataSourceControlClassID = 'dsrc',
                      kAudioDataDestinationControlClassID = 'dest',
                      kAudioClockSourceControlClassID = 'clck',
                      kAudioLineLevelControlClassID = 'nlvl',
                      kAudioHighPassFilterControlClassID = 'hipf',
                      kAudioStereoPanControlClassID = 'span'};

CF_ENUM(AudioObjectPropertySelector){kAudioControlPropertyScope = 'cscp',
                                     kAudioControlPropertyElement = 'celm',
                                     kAudioSliderControlPropertyValue = 'sdrv',
                                     kAudioSliderControlPropertyRange = 'sdrr',
                                     kAudioLevelControlPropertyScalarValue = 'lcsv',
                                     kAudioLevelControlPropertyDecibelValue = 'lcdv',
                                     kAudioLevelControlPropertyDecibelRange = 'lcdr',
                                     kAudioLevelControlPropertyConvertScalarToDecibels = 'lcsd',
                                     kAudioLevelControlPropertyConvertDecibelsToScalar = 'lcds',
                                     kAudioBooleanControlPropertyValue = 'bcvl',
                                     kAudioSelectorControlPropertyCurrentItem = 'scci',
                                     kAudioSelectorControlPropertyAvailableItems = 'scai',
                                     kAudioSelectorControlPropertyItemName = 'scin',
                                     kAudioSelectorControlPropertyItemKind = 'clkk',
                                     kAudioStereoPanControlPropertyValue = 'spcv',
                                     kAudioStereoPanControlPropertyPanningChannels = 'spcc'};

static_assert(sizeof(AudioObjectPropertyAddress) == 12, "AudioObjectPropertyAddress");
static_assert(sizeof(AudioStreamRangedDescription) == 56, "AudioStreamRangedDescription");

#ifdef __cplusplus
}
#endif
