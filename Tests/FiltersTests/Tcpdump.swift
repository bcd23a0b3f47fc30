import Foundation
import TestSupport

/// tcpdump's verdict on the frames of a capture: what the tests compare with.
enum Tcpdump {
  struct Frame: Hashable {
    /// Seconds and microseconds since 1970.
    let time: [UInt32]
    let originalLength: UInt32
    let bytes: [UInt8]
  }

  static let isInstalled = ["/usr/bin/tcpdump", "/usr/sbin/tcpdump"].contains {
    FileManager.default.isExecutableFile(atPath: $0)
  }

  /// The frames that an expression selects; nil if tcpdump refuses the expression or the file.
  static func frames(of path: String, matching expression: String = "") throws -> [Frame]? {
    let selection = try TemporaryFile(named: "selection")
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = [
      "tcpdump", "-n", "-Z", "root", "-r", path, "-w", selection.path, expression,
    ]
    process.standardError = FileHandle.nullDevice
    process.standardOutput = FileHandle.nullDevice
    try process.run()
    process.waitUntilExit()
    guard process.terminationStatus == 0 else { return nil }
    return try frames(inPcap: Data(contentsOf: URL(fileURLWithPath: selection.path)))
  }

  /// The records of a pcap file as tcpdump writes it: microseconds, this machine's byte order.
  private static func frames(inPcap data: Data) -> [Frame] {
    var frames: [Frame] = []
    var rest = [UInt8](data.dropFirst(24))[...]
    while rest.count >= 16 {
      let header = rest.withUnsafeBytes { bytes in
        (0..<4).map { bytes.loadUnaligned(fromByteOffset: 4 * $0, as: UInt32.self) }
      }
      let packet = rest.dropFirst(16).prefix(Int(header[2]))
      frames.append(
        Frame(time: Array(header[..<2]), originalLength: header[3], bytes: Array(packet)))
      rest = rest.dropFirst(16 + packet.count)
    }
    return frames
  }
}
