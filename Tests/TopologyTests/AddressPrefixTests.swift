import Packets
import Testing
import Topology

struct AddressPrefixTests {
  @Test(arguments: [
    ("10.42.1.0/24", "10.42.1.255", true), ("10.42.1.0/24", "10.42.2.0", false),
    ("10.0.0.0/8", "10.255.0.1", true), ("10.0.0.0/8", "11.0.0.0", false),
    ("0.0.0.0/0", "255.255.255.255", true), ("0.0.0.0/0", "::1", false),
    ("::/0", "2001:db8::1", true), ("::/0", "1.2.3.4", false),
    ("192.0.2.1", "192.0.2.1", true), ("192.0.2.1", "192.0.2.2", false),
    ("fd00:10:42:2::/64", "fd00:10:42:2:ffff::1", true),
    ("fd00:10:42:2::/64", "fd00:10:42:3::", false),
    ("fd00::/65", "fd00::7fff:0:0:0", true), ("fd00::/65", "fd00::8000:0:0:0", false),
    ("2001:db8::1/128", "2001:db8::1", true), ("2001:db8::1/128", "2001:db8::2", false),
    ("2001:db8::/32", "2001:db8:ffff::", true), ("2001:db8::/32", "2001:db9::", false),
  ])
  func contains(prefix: String, address: String, expected: Bool) throws {
    let prefix = try #require(AddressPrefix(prefix))
    let address = try #require(IPAddress(address))
    #expect(prefix.contains(address) == expected)
  }

  @Test(arguments: [
    "", "/", "10.0.0.0/33", "10.0.0.0/-1", "::/129", "10.0.0.0/x", "10.0.0.0/", "x/8",
  ])
  func refuses(text: String) {
    #expect(AddressPrefix(text) == nil)
  }
}
