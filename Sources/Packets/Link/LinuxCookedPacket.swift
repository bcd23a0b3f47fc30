/// A packet of Linux' `any` interface, first version. LINKTYPE_LINUX_SLL, tcpdump.org/linktypes.
///
///     0                   1                   2                   3
///     0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
///    +-------------------------------+-------------------------------+
///    |          packet type          |         hardware type         |
///    +-------------------------------+-------------------------------+
///    |        address length         |                               |
///    +-------------------------------+       sender's address        +
///    |                                                               |
///    +                               +-------------------------------+
///    |                               |           protocol            |
///    +-------------------------------+-------------------------------+
struct LinuxCookedPacket: ~Escapable {
  static let headerLength = 16

  private let bytes: RawSpan

  /// Throws `short` for less than a header.
  @_lifetime(copy bytes)
  init(_ bytes: RawSpan) throws(HeaderError) {
    guard bytes.byteCount >= Self.headerLength else { throw .short(required: Self.headerLength) }
    self.bytes = bytes
  }

  var packetType: UInt8 { UInt8(clamping: bytes.networkUInt16(at: 0)) }
  var hardwareType: LinuxHardwareType {
    LinuxHardwareType(rawValue: bytes.networkUInt16(at: 2))
  }
  /// The sender's MAC address, 0 where the address is not one.
  var source: UInt64 { bytes.networkUInt16(at: 4) == 6 ? bytes.networkUInt64(at: 6) >> 16 : 0 }
  var etherType: EtherType { EtherType(rawValue: bytes.networkUInt16(at: 14)) }
}

/// A packet of Linux' `any` interface, second version. LINKTYPE_LINUX_SLL2, tcpdump.org/linktypes.
///
///     0                   1                   2                   3
///     0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
///    +-------------------------------+-------------------------------+
///    |           protocol            |           reserved            |
///    +-------------------------------+-------------------------------+
///    |                        interface index                        |
///    +-------------------------------+---------------+---------------+
///    |         hardware type         |  packet type  |address length |
///    +-------------------------------+---------------+---------------+
///    |                       sender's address                        |
///    +                                                               +
///    |                                                               |
///    +---------------------------------------------------------------+
struct LinuxCookedPacket2: ~Escapable {
  static let headerLength = 20

  private let bytes: RawSpan

  /// Throws `short` for less than a header.
  @_lifetime(copy bytes)
  init(_ bytes: RawSpan) throws(HeaderError) {
    guard bytes.byteCount >= Self.headerLength else { throw .short(required: Self.headerLength) }
    self.bytes = bytes
  }

  var etherType: EtherType { EtherType(rawValue: bytes.networkUInt16(at: 0)) }
  var interfaceIndex: UInt32 { bytes.networkUInt32(at: 4) }
  var hardwareType: LinuxHardwareType {
    LinuxHardwareType(rawValue: bytes.networkUInt16(at: 8))
  }
  var packetType: UInt8 { bytes.byte(at: 10) }
  /// The sender's MAC address, 0 where the address is not one.
  var source: UInt64 { bytes.byte(at: 11) == 6 ? bytes.networkUInt64(at: 12) >> 16 : 0 }
}

/// What an Ethernet header in the place of a cooked one says, of either version.
package struct CookedHeader {
  /// The EtherType, or the length of an IEEE 802.3 frame, as for spanning tree.
  package let type: UInt16
  /// Of the cooked header, in bytes.
  package let length: Int

  /// Nil for a frame of another link type, or without an EtherType, or cut inside of its header.
  package init?(_ frame: borrowing RawSpan, originalLength: UInt32, linkType: UInt16) {
    let captured = copy frame
    do throws(HeaderError) {
      let hardwareType: LinuxHardwareType
      let etherType: EtherType
      switch linkType {
      case 113:
        let packet = try LinuxCookedPacket(captured)
        hardwareType = packet.hardwareType
        etherType = packet.etherType
        length = LinuxCookedPacket.headerLength
      case 276:
        let packet = try LinuxCookedPacket2(captured)
        hardwareType = packet.hardwareType
        etherType = packet.etherType
        length = LinuxCookedPacket2.headerLength
      default: return nil
      }
      guard hardwareType.hasEtherType else { return nil }
      switch etherType {
      case .linkControl, .novellRaw:
        let payload = max(Int(originalLength), captured.byteCount) - length
        guard payload <= EtherType.greatestLength else { return nil }
        type = UInt16(payload)
      case _ where etherType.isLength: return nil
      default: type = etherType.rawValue
      }
    } catch {
      return nil
    }
  }
}

/// A device type of Linux (`ARPHRD_`), as the cooked headers give it.
struct LinuxHardwareType: RawRepresentable, Equatable {
  let rawValue: UInt16

  /// Whether the protocol field is an EtherType: not for frame relay, 802.11 with radiotap and netlink.
  var hasEtherType: Bool { rawValue != 770 && rawValue != 803 && rawValue != 824 }
}
