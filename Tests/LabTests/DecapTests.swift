import Foundation
import TestSupport
import Testing

extension LabTests {
  /// `vxhop decap` between other programs, on a real interface: each frame comes out while the capture
  /// goes on.
  struct DecapTests {
    /// Sends a datagram from the first pod of the first node to the first of the second.
    private func send(_ number: Int, in lab: StandingLab) throws {
      let address = try #require(lab.nodes[1].pods[0].addresses["4"])
      let script = """
        import socket
        sender = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        sender.sendto(bytes(\(number)), ("\(address)", 5001))
        """
      _ = try StandingLab.run(["python3", "-c", script], in: lab.nodes[0].pods[0].namespace)
    }

    @Test(arguments: [
      ("-w -", "tshark -l -n -r - -T fields -e udp.dstport -e udp.length", "5001\t"),
      ("--pcap -w -", "tcpdump -l -n -r -", ".5001: UDP, length "),
    ])
    func framesComeWhileTheyAreCaptured(
      _ options: String, _ reader: String, _ mark: String
    ) throws {
      try StandingLab.run("clean") { lab in
        let node = lab.nodes[0]
        let own = try #require(node.underlay["4"])
        // Its last frame ends the capture, and so the others.
        let capture = "tcpdump -i eth0 -U -c 4 -w - udp port 8472 and src host \(own)"
        let pipeline = try RunningPipeline(
          "\(capture) | \(Checkout.program) decap - \(options) | \(reader)", in: node.namespace)
        try pipeline.waitForErrors("listening on")
        for number in 1...3 {
          try send(number, in: lab)
          let line = try pipeline.nextLine()
          // tshark's length counts UDP's header.
          let length = reader.hasPrefix("tshark") ? number + 8 : number
          #expect(line.contains("\(mark)\(length)"), "\(line)")
          #expect(pipeline.isRunning)
        }
        try send(4, in: lab)
        _ = try pipeline.nextLine()
        #expect(pipeline.wait() == 0, "\(pipeline.errors)")
        #expect(pipeline.errors.contains("4 frames read, 4 decapsulated (4 vxlan), 0 passed"))
      }
    }
  }
}
