import Testing

@testable import Packets

@Suite struct AddressTextTests {
  /// RFC 5952, sections 1, 2, 4 and 5, and RFC 4291, section 2.2.
  @Test(arguments: [
    ("2001:db8:0:0:1:0:0:1", "2001:db8::1:0:0:1"), ("2001:0db8:0:0:1:0:0:1", "2001:db8::1:0:0:1"),
    ("2001:db8::1:0:0:1", "2001:db8::1:0:0:1"), ("2001:db8::0:1:0:0:1", "2001:db8::1:0:0:1"),
    ("2001:0db8::1:0:0:1", "2001:db8::1:0:0:1"), ("2001:DB8:0:0:1::1", "2001:db8::1:0:0:1"),
    ("2001:db8:aaaa:bbbb:cccc:dddd:eeee:0001", "2001:db8:aaaa:bbbb:cccc:dddd:eeee:1"),
    ("2001:db8:0:0:0:0:2:1", "2001:db8::2:1"), ("2001:db8:0:1:1:1:1:1", "2001:db8:0:1:1:1:1:1"),
    ("2001:0:0:1:0:0:0:1", "2001:0:0:1::1"), ("2001:db8:0:0:0::1", "2001:db8::1"),
    ("FF01:0:0:0:0:0:0:101", "ff01::101"), ("0:0:0:0:0:0:0:1", "::1"), ("0:0:0:0:0:0:0:0", "::"),
    ("::", "::"), ("1::", "1::"), ("fe80::", "fe80::"), ("1:2:3:4:5:6:0:0", "1:2:3:4:5:6::"),
    ("64:ff9b::192.0.2.33", "64:ff9b::c000:221"), ("::ffff:192.0.2.1", "192.0.2.1"),
    ("192.0.2.1", "192.0.2.1"), ("0.0.0.0", "0.0.0.0"), ("255.255.255.255", "255.255.255.255"),
    ("10.244.1.109", "10.244.1.109"),
  ])
  func canonical(text: String, expected: String) throws {
    let address = try #require(IPAddress(text))
    #expect(address.description == expected)
    #expect(IPAddress(expected) == address)
  }

  @Test(arguments: [
    "", ":", ":::", "1", "1.2.3", "1.2.3.4.5", "1.2.3.256", "01.2.3.4", "1.2.3.", ".1.2.3",
    "1.2.3.4 ",
    "1:2:3:4:5:6:7", "1:2:3:4:5:6:7:8:9", "1:2:3:4::5:6:7:8", "::1::", "12345::", "g::",
    "fe80::1%eth0",
    "1.2.3.4::", "::1.2.3", ":1:2:3:4:5:6:7:8", "1:2:3:4:5:6:7:8:", "::1:", "é::1", "-1.2.3.4",
    "1:2:3:4:5:6:7:1.2.3.4",
  ])
  func rejected(text: String) {
    #expect(IPAddress(text) == nil)
  }

  @Test func parts() throws {
    #expect(IPAddress("10.1.2.3") == IPAddress(v4: 0x0a01_0203))
    #expect(
      IPAddress("2001:db8::1") == IPAddress(high: 0x2001_0db8_0000_0000, low: 0x0000_0000_0000_0001)
    )
    let address = try #require(IPAddress("192.0.2.1"))
    #expect(address.isIPv4)
  }

  @Test func appendsToText() {
    var text = Array("a ".utf8)
    IPAddress(v4: 0x7f00_0001).appendText(to: &text)
    #expect(String(decoding: text, as: UTF8.self) == "a 127.0.0.1")
  }

  @Test(
    arguments: [
      ("00:00:00:00:00:00", 0), ("02:42:ac:11:00:02", 0x0242_ac11_0002),
      ("FF-FF-FF-FF-FF-FE", 0xffff_ffff_fffe),
    ] as [(String, UInt64)])
  func macAddress(text: String, bits: UInt64) throws {
    let address = try #require(MACAddress(text))
    #expect(address.bits == bits)
    #expect(address.description == text.lowercased().replacing("-", with: ":"))
  }

  @Test(arguments: [
    "", "02:42:ac:11:00", "02:42:ac:11:00:0", "02:42:ac:11:00:02:", "0242ac110002",
    "02:42:ac:11:00:0g",
  ])
  func macAddressRejected(text: String) {
    #expect(MACAddress(text) == nil)
  }
}
