import Foundation
import Testing

extension StandingLab {
  /// Sends datagrams from the first pod of the first node to an address, or the first pod of the second.
  func send(
    _ count: Int, size: Int = 100, to address: String? = nil, port: Int = 5001
  ) throws {
    let target = try #require(address ?? nodes[1].pods[0].addresses["4"])
    let script = """
      import socket, sys
      sender = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
      for number in range(\(count)):
          try: sender.sendto(number.to_bytes(4, "big") + bytes(\(size - 4)), ("\(target)", \(port)))
          except OSError: pass  # Answered by an ICMP error.
      """
    _ = try Self.run(["python3", "-c", script], in: nodes[0].pods[0].namespace)
  }
}
