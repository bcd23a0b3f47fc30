import Testing

@testable import Reports

@Suite struct FlowNameTests {
  private func flow(_ source: String, _ destination: String) -> FlowName {
    FlowName(
      transport: "udp",
      ends: (
        .init(name: source, address: "10.42.1.2:40000"),
        .init(name: destination, address: "10.43.0.10:53")
      ))
  }

  /// Names are cut in the middle, addresses never; a name that would be no more than a few letters goes.
  @Test(arguments: [
    (100, "udp default/web-0 10.42.1.2:40000 → kube-system/coredns-5x 10.43.0.10:53"),
    (73, "udp default/web-0 10.42.1.2:40000 → kube-system/coredns-5x 10.43.0.10:53"),
    (65, "udp default/web-0 10.42.1.2:40000 → kube-sy…edns-5x 10.43.0.10:53"),
    (50, "udp def…-0 10.42.1.2:40000 → kub…5x 10.43.0.10:53"),
    (48, "udp 10.42.1.2:40000 → 10.43.0.10:53"),
    (10, "udp 10.42.1.2:40000 → 10.43.0.10:53"),
  ])
  func namesGiveWay(width: Int, expected: String) {
    let text = flow("default/web-0", "kube-system/coredns-5x").text(width: width)
    #expect(text == expected)
  }

  @Test func addressesAlone() {
    #expect(flow("", "").text(width: 20) == "udp 10.42.1.2:40000 → 10.43.0.10:53")
    #expect(flow("", "dns").text() == "udp 10.42.1.2:40000 → dns 10.43.0.10:53")
  }
}
