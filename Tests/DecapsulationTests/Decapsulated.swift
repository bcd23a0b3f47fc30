import Captures
import Decapsulation
import Foundation
import TestSupport
import Topology

/// Captures that were decapsulated, and what came of them.
struct Decapsulated {
  let file: TemporaryFile
  let bytes: [UInt8]
  let counts: DecapsulationCounts
  let errors: [CaptureError]

  /// Gathers what is written, from another thread too.
  private final class Taker: @unchecked Sendable {
    var bytes: [UInt8] = []
  }

  init(
    _ paths: [String], format: CaptureWriter.Format = .pcapng,
    options: DecapsulationOptions = DecapsulationOptions(), inBackground: Bool = false
  ) throws {
    try self.init(
      inputs: paths.map { InputName($0) { _ in true } }, format: format, options: options,
      inBackground: inBackground)
  }

  init(
    inputs names: [InputName], format: CaptureWriter.Format = .pcapng,
    options: DecapsulationOptions = DecapsulationOptions(), inBackground: Bool = false
  ) throws {
    let taker = Taker()
    let inputs = names.map { DecapsulationInput(name: $0, naming: PointNaming()) }
    let decapsulation = Decapsulation(inputs: inputs, options: options)
    decapsulation.run(
      writingTo: CaptureWriter(
        format: format, application: "vxhop", inBackground: inBackground
      ) {
        taker.bytes += $0.withUnsafeBytes { [UInt8]($0) }
        return true
      })
    bytes = taker.bytes
    file = try TemporaryFile(bytes)
    counts = decapsulation.counts
    errors = decapsulation.errors
  }

  /// Frames of one capture file with these bytes.
  init(
    capture: [UInt8], named name: String = "n1-eth0.pcap", format: CaptureWriter.Format = .pcapng,
    options: DecapsulationOptions = DecapsulationOptions()
  ) throws {
    let file = try TemporaryFile(capture, named: name)
    try self.init([file.path], format: format, options: options)
  }

  var recovered: Int { Int(counts.recovered.reduce(0, +)) }

  struct Frame: Equatable {
    let bytes: [UInt8]
    let time: Int64
    let originalLength: UInt32
    let linkType: UInt16
  }

  /// The output as it is read back.
  func frames() throws -> [Frame] {
    var reader = try CaptureReader(path: file.path)
    var frames: [Frame] = []
    while try reader.advance() {
      let record = reader.record()
      frames.append(
        Frame(
          bytes: record.bytes.withUnsafeBytes { [UInt8]($0) }, time: record.time,
          originalLength: record.originalLength,
          linkType: reader.interfaces[record.interface].linkType.rawValue))
    }
    return frames
  }

  /// What tshark says of each frame of the output.
  func tshark(_ fields: [String]) throws -> [[String: String]] {
    try Tshark.rows(file.path, fields)
  }
}

enum Tshark {
  /// The fields of each frame; values of several layers joined by commas, outermost first.
  static func rows(
    _ path: String, _ fields: [String], defragments: Bool = false
  ) throws -> [[String: String]] {
    let tshark = try ChildProcess(
      "tshark",
      [
        "-n", "-r", path, "-T", "fields", "-d", "udp.port==8472,vxlan",
        "-d", "udp.port==65530,vxlan", "-o", "tcp.desegment_tcp_streams:false",
        "-o", "ip.defragment:\(defragments)",
      ] + fields.flatMap { ["-e", $0] })
    return String(decoding: tshark.output, as: UTF8.self).split(separator: "\n").map { line in
      let values = line.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
      return Dictionary(zip(fields, values)) { first, _ in first }
    }
  }
}
