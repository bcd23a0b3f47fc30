import Testing

@testable import Packets

/// Every header as bytes, and what makes a view of them.
struct HeaderCase: CustomTestStringConvertible {
  let testDescription: String
  let bytes: [UInt8]
  /// Lengths below it are too short, and the error says so.
  let required: Int
  let view: @Sendable (RawSpan) throws(HeaderError) -> Void

  static let all = [
    HeaderCase(
      testDescription: "Ethernet",
      bytes: hex("ff ff ff ff ff ff  02 00 00 00 00 02  08 00"), required: 14
    ) { (bytes) throws(HeaderError) in _ = try EthernetFrame(bytes) },
    HeaderCase(testDescription: "802.1Q", bytes: hex("60 64  08 00"), required: 4) {
      (bytes) throws(HeaderError) in _ = try VLANTag(bytes)
    },
    HeaderCase(
      testDescription: "SLL", bytes: hex("00 04 00 01 00 06 02 00 00 00 00 02 00 00 08 00"),
      required: 16
    ) { (bytes) throws(HeaderError) in _ = try LinuxCookedPacket(bytes) },
    HeaderCase(
      testDescription: "SLL2",
      bytes: hex("08 00 00 00 00 00 00 07 00 01 03 06 02 00 00 00 00 02 00 00"), required: 20
    ) { (bytes) throws(HeaderError) in _ = try LinuxCookedPacket2(bytes) },
    HeaderCase(
      testDescription: "ARP",
      bytes: hex("0001 0800 06 04 0001  020000000001 0a000001  000000000000 0a000002"),
      required: 28
    ) { (bytes) throws(HeaderError) in _ = try ARPPacket(bytes) },
    HeaderCase(testDescription: "IPv4", bytes: Build.ipv4([], protocol: 6), required: 20) {
      (bytes) throws(HeaderError) in _ = try IPv4Packet(bytes)
    },
    HeaderCase(testDescription: "IPv6", bytes: Build.ipv6([], nextHeader: 59), required: 40) {
      (bytes) throws(HeaderError) in _ = try IPv6Packet(bytes)
    },
    HeaderCase(
      testDescription: "IPv6 destination options",
      bytes: hex("06 01") + Array(repeating: 0, count: 14),
      required: 16
    ) { (bytes) throws(HeaderError) in
      _ = try IPv6ExtensionHeader(bytes, of: .ipv6DestinationOptions)
    },
    HeaderCase(
      testDescription: "authentication header",
      bytes: hex("06 04") + Array(repeating: 0, count: 22), required: 24
    ) { (bytes) throws(HeaderError) in _ = try IPv6ExtensionHeader(bytes, of: .authenticationHeader)
    },
    HeaderCase(
      testDescription: "IPv6 fragment", bytes: hex("11 00 05 a9 00 00 00 01"), required: 8
    ) { (bytes) throws(HeaderError) in _ = try IPv6FragmentHeader(bytes) },
    HeaderCase(testDescription: "UDP", bytes: Build.udp([]), required: 8) {
      (bytes) throws(HeaderError) in _ = try UDPDatagram(bytes)
    },
    HeaderCase(testDescription: "TCP", bytes: Build.tcp([]), required: 20) {
      (bytes) throws(HeaderError) in _ = try TCPSegment(bytes)
    },
    HeaderCase(testDescription: "ICMP", bytes: Build.icmp([]), required: 8) {
      (bytes) throws(HeaderError) in _ = try ICMPMessage(bytes, isVersion6: false)
    },
    HeaderCase(
      testDescription: "SCTP", bytes: hex("0b 59 0b 59 00 00 0e 50 53 c3 05 5f"), required: 12
    ) { (bytes) throws(HeaderError) in _ = try SCTPPacket(bytes) },
    HeaderCase(testDescription: "VXLAN", bytes: hex("08 00 00 00 12 34 56 00"), required: 8) {
      (bytes) throws(HeaderError) in _ = try VXLANPacket(bytes)
    },
    HeaderCase(testDescription: "VXLAN-GPE", bytes: hex("0c 0000 03 123456 00"), required: 8) {
      (bytes) throws(HeaderError) in _ = try VXLANGPEPacket(bytes)
    },
    HeaderCase(
      testDescription: "NSH", bytes: hex("0fc6 01 03 00000a ff") + Array(repeating: 0, count: 16),
      required: 24
    ) { (bytes) throws(HeaderError) in _ = try NSHPacket(bytes) },
    HeaderCase(
      testDescription: "Geneve", bytes: hex("02 40 6558 123456 00 0102 81 01 00000000"),
      required: 16
    ) { (bytes) throws(HeaderError) in _ = try GenevePacket(bytes) },
    HeaderCase(
      testDescription: "GRE", bytes: hex("b000 0800 abcd 0000 0001d97c 00000003"), required: 16
    ) { (bytes) throws(HeaderError) in _ = try GREPacket(bytes) },
    HeaderCase(testDescription: "ERSPAN II", bytes: hex("1001 0064 00000002"), required: 8) {
      (bytes) throws(HeaderError) in _ = try ERSPANHeader(bytes)
    },
    HeaderCase(
      testDescription: "ERSPAN III",
      bytes: hex("2001 0064 00000002 0000 0001 0000000000000000"), required: 20
    ) { (bytes) throws(HeaderError) in _ = try ERSPANHeader(bytes) },
    HeaderCase(testDescription: "loopback", bytes: hex("02000000"), required: 4) {
      (bytes) throws(HeaderError) in _ = try LoopbackPacket(bytes)
    },
    HeaderCase(testDescription: "PPP", bytes: hex("ff 03 00 21"), required: 4) {
      (bytes) throws(HeaderError) in _ = try PPPFrame(bytes)
    },
    HeaderCase(testDescription: "PPPoE", bytes: hex("11 00 0001 0002"), required: 6) {
      (bytes) throws(HeaderError) in _ = try PPPoEPacket(bytes)
    },
    HeaderCase(testDescription: "Cisco HDLC", bytes: hex("0f 00 0800"), required: 4) {
      (bytes) throws(HeaderError) in _ = try CiscoHDLCFrame(bytes)
    },
    HeaderCase(testDescription: "MPLS", bytes: hex("00010040 00020140"), required: 8) {
      (bytes) throws(HeaderError) in _ = try MPLSLabelStack(bytes)
    },
    HeaderCase(testDescription: "SNAP", bytes: hex("aaaa03 000000 0800"), required: 8) {
      (bytes) throws(HeaderError) in _ = try SNAPHeader(bytes)
    },
  ]
}

@Suite struct HeaderViewTests {
  @Test(arguments: HeaderCase.all)
  func everyShorterBuffer(header: HeaderCase) throws {
    #expect(header.bytes.count == header.required)
    try header.view(header.bytes.span.bytes)
    for length in 0..<header.required {
      do throws(HeaderError) {
        try header.view(header.bytes.span.bytes.extracting(first: length))
        Issue.record("\(length) bytes were enough")
      } catch {
        guard case .short(let required) = error else {
          Issue.record("\(length) bytes: \(error)")
          continue
        }
        #expect(length < required && required <= header.required)
      }
    }
  }

  @Test func ethernetDeconstruct() throws {
    let bytes = hex("01 02 03 04 05 06  11 12 13 14 15 16  86 dd")
    let frame = try EthernetFrame(bytes.span.bytes)
    #expect(frame.destination == 0x0102_0304_0506)
    #expect(frame.source == 0x1112_1314_1516)
    #expect(frame.etherType == .ipv6)
  }

  @Test func vlanTagLeavesPriorityOut() throws {
    let bytes = hex("f0 64 08 06")
    let tag = try VLANTag(bytes.span.bytes)
    #expect(tag.identifier == 100)
    #expect(tag.etherType == .arp)
  }

  @Test func linuxCookedDeconstruct() throws {
    let bytes = hex("00 04 00 01 00 06 02 42 ac 11 00 02 00 00 08 00")
    let packet = try LinuxCookedPacket(bytes.span.bytes)
    #expect(packet.packetType == 4)
    #expect(packet.source == 0x0242_ac11_0002)
    #expect(packet.etherType == .ipv4)
  }

  @Test func linuxCooked2Deconstruct() throws {
    let bytes = hex("08 00 00 00 00 00 01 07 00 01 03 06 02 42 ac 11 00 02 00 00")
    let packet = try LinuxCookedPacket2(bytes.span.bytes)
    #expect(packet.interfaceIndex == 0x107)
    #expect(packet.packetType == 3)
    #expect(packet.source == 0x0242_ac11_0002)
    #expect(packet.etherType == .ipv4)
  }

  /// The header of RFC 1071's usual worked example, with DF set.
  @Test func ipv4Deconstruct() throws {
    let bytes = hex("45 b8 00 73 00 0a 40 00 40 11 b8 61 c0 a8 00 01 c0 a8 00 c7")
    let packet = try IPv4Packet(bytes.span.bytes)
    #expect(packet.headerLength == 20)
    #expect(packet.trafficClass == 0xb8)
    #expect(packet.totalLength == 115)
    #expect(packet.identification == 10)
    #expect(packet.dontFragment == true)
    #expect(packet.moreFragments == false)
    #expect(packet.fragmentOffset == 0)
    #expect(packet.timeToLive == 64)
    #expect(packet.transportProtocol == .udp)
    #expect(packet.source == IPAddress(v4: 0xc0a8_0001))
    #expect(packet.destination == IPAddress(v4: 0xc0a8_00c7))
  }

  @Test func ipv4FragmentFields() throws {
    let bytes = hex("45 00 05 dc 00 0a 20 b9 40 11 00 00 c0 a8 00 01 c0 a8 00 c7")
    let packet = try IPv4Packet(bytes.span.bytes)
    #expect(packet.moreFragments == true)
    #expect(packet.dontFragment == false)
    #expect(packet.fragmentOffset == 1480)
  }

  @Test(arguments: [0x44, 0x40, 0x65, 0x05] as [UInt8])
  func ipv4RejectsVersionAndHeaderLength(first: UInt8) {
    let bytes = [first] + Array(repeating: 0, count: 19)
    #expect(throws: HeaderError.invalid) { _ = try IPv4Packet(bytes.span.bytes) }
  }

  @Test func ipv6Deconstruct() throws {
    let bytes = hex("6b 80 00 01 01 02 3a ff") + Array(0..<16) + Array(16..<32)
    let packet = try IPv6Packet(bytes.span.bytes)
    #expect(packet.trafficClass == 0xb8)
    #expect(packet.payloadLength == 258)
    #expect(packet.nextHeader == .icmpv6)
    #expect(packet.hopLimit == 255)
    #expect(packet.source == IPAddress(high: 0x0001_0203_0405_0607, low: 0x0809_0a0b_0c0d_0e0f))
    #expect(
      packet.destination == IPAddress(high: 0x1011_1213_1415_1617, low: 0x1819_1a1b_1c1d_1e1f))
  }

  @Test func ipv6FragmentDeconstruct() throws {
    let bytes = hex("11 00 05 a9 de ad be ef")
    let header = try IPv6FragmentHeader(bytes.span.bytes)
    #expect(header.nextHeader == .udp)
    #expect(header.fragmentOffset == 1448)
    #expect(header.moreFragments == true)
    #expect(header.identification == 0xdead_beef)
    #expect(header.isAtomic == false)
  }

  /// RFC 2675, section 2: option type C2, four bytes; here behind a Pad1 and a PadN.
  @Test(
    arguments: [
      ("06 00 c2 04 00 01 00 00", 65536),
      ("06 01 00 01 01 00 c2 04 00 01 38 80 00 00 00 00", 80000),
      ("06 00 01 04 00 00 00 00", nil), ("06 00 01 04 c2 04 00 01", nil),
      ("06 00 01 00 01 00 c2 04", nil),
    ] as [(String, UInt32?)])
  func jumboPayload(text: String, length: UInt32?) throws {
    let bytes = hex(text)
    let header = try IPv6ExtensionHeader(bytes.span.bytes, of: .hopByHopOptions)
    #expect(header.jumboPayloadLength == length)
  }

  @Test func tcpDeconstruct() throws {
    let bytes = hex("9c40 0050 01020304 05060708 80 12 ffff 0000 0000")
    let segment = try TCPSegment(bytes.span.bytes)
    #expect(segment.sourcePort == 40000)
    #expect(segment.destinationPort == 80)
    #expect(segment.sequence == 0x0102_0304)
    #expect(segment.acknowledgment == 0x0506_0708)
    #expect(segment.headerLength == 32)
    #expect(segment.flags == 0x12)
  }

  /// RFC 7348, section 5, and the group policy extension's flags.
  @Test func vxlanDeconstruct() throws {
    let standard = hex("08 00 00 00 12 34 56 00")
    let packet = try VXLANPacket(standard.span.bytes)
    #expect(packet.vni == 0x123456)
    #expect(packet.isStandard == true)
    let groupPolicy = hex("88 08 7f 7f 00 01 2c 09")
    let other = try VXLANPacket(groupPolicy.span.bytes)
    #expect(other.flags == 0x88)
    #expect(other.hasValidVNI == true)
    #expect(other.vni == 300)
    #expect(other.reserved == 0x087f_7f09)
    #expect(other.isStandard == false)
  }
}
