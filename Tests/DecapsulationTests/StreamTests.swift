import Captures
import Decapsulation
import Foundation
import Packets
import TestSupport
import Testing
import Topology

/// Streams that stay open while nothing comes.
struct StreamTests {
  /// Named pipes that are decapsulated to a pcap while tests write to them.
  private final class Streams {
    private let folder = FileManager.default.temporaryDirectory
      .appending(path: "vxhop-" + UUID().uuidString)
    private let output = Pipe()
    let inputs: [FileHandle]

    /// Each of `beginnings` is what a pipe holds when it is first looked at: seconds of plain frames.
    init(
      _ beginnings: [[UInt32]], options: DecapsulationOptions = DecapsulationOptions()
    ) throws {
      try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
      let paths = beginnings.indices.map { [folder] in
        folder.appending(path: "n\($0)-eth0.pcap").path
      }
      for path in paths { try #require(mkfifo(path, 0o600) == 0) }
      let written = output.fileHandleForWriting.fileDescriptor
      Thread {
        let decapsulation = Decapsulation(
          inputs: paths.map {
            DecapsulationInput(name: InputName($0) { _ in true }, naming: PointNaming())
          },
          options: options)
        decapsulation.run(
          writingTo: CaptureWriter(format: .pcap(.ethernet), application: "vxhop") {
            $0.withUnsafeBytes { write(written, $0.baseAddress, $0.count) == $0.count }
          })
        close(written)
      }.start()
      inputs = try zip(paths, beginnings).map { path, seconds in
        let input = try #require(FileHandle(forWritingAtPath: path))
        var pcap = PcapBytes(magic: 0xa1b2_3c4d)
        for second in seconds {
          pcap.append(seconds: second, fraction: 0, DecapsulationTests.inner)
        }
        try input.write(contentsOf: pcap.bytes)
        return input
      }
    }

    deinit {
      try? FileManager.default.removeItem(at: folder)
    }

    func send(_ frame: [UInt8], seconds: UInt32, to input: Int) throws {
      var record = PcapBytes()
      record.append(seconds: seconds, fraction: 0, frame)
      try inputs[input].write(contentsOf: record.bytes.dropFirst(24))
    }

    /// The next bytes of the output, waited for.
    func read(_ count: Int) -> [UInt8] {
      var bytes: [UInt8] = []
      while bytes.count < count,
        let piece = try? output.fileHandleForReading.read(upToCount: count - bytes.count),
        !piece.isEmpty
      { bytes += piece }
      return bytes
    }

    /// Closes the inputs, and takes the rest of the output.
    func end() throws -> [UInt8] {
      for input in inputs { try input.close() }
      return [UInt8](output.fileHandleForReading.readDataToEndOfFile())
    }
  }

  private static let fileHeaderLength = 24
  private static let recordHeaderLength = 16

  /// Fragments are held no longer than if frames had come.
  @Test(.timeLimit(.minutes(1))) func fragmentsAreGivenUp() throws {
    var options = DecapsulationOptions()
    options.fragmentLimits.lifetime = 1_100_000_000
    let streams = try Streams([[]], options: options)
    _ = streams.read(Self.fileHeaderLength)
    // Of three packets the first fragment each, two in one moment and one later.
    for (number, second): (UInt8, UInt32) in [(1, 1), (2, 1), (3, 2)] {
      var fragment = FragmentTests.fragments[0]
      fragment[19] = number
      try streams.send(fragment, seconds: second, to: 0)
    }
    for _ in 0..<3 {
      // Each holds eight bytes of its inner frame.
      let record = streams.read(Self.recordHeaderLength + 8)
      #expect(record.suffix(8) == DecapsulationTests.inner[..<8])
    }
    // What comes then is read on.
    try streams.send(DecapsulationTests.inner, seconds: 3, to: 0)
    #expect(
      try Array(streams.end().dropFirst(Self.recordHeaderLength)) == DecapsulationTests.inner)
  }

  /// One that has nothing to say does not hold the others up, and may go on later.
  @Test(.timeLimit(.minutes(1))) func aQuietOneIsNotWaitedFor() throws {
    let streams = try Streams([[], []])
    _ = streams.read(Self.fileHeaderLength)
    let length = Self.recordHeaderLength + DecapsulationTests.inner.count
    for (second, input): (UInt32, Int) in [(1, 0), (2, 0), (3, 1), (4, 0), (5, 1)] {
      try streams.send(
        DecapsulationTests.outer(DecapsulationTests.inner), seconds: second, to: input)
      let record = streams.read(length)
      #expect(record.first == UInt8(second))
      #expect(record.suffix(DecapsulationTests.inner.count) == DecapsulationTests.inner[...])
    }
    #expect(try streams.end() == [])
  }

  /// Streams that have frames are merged.
  @Test(.timeLimit(.minutes(1))) func mergedByTime() throws {
    let streams = try Streams([[1, 3, 5], [2, 4, 6]])
    _ = streams.read(Self.fileHeaderLength)
    let length = Self.recordHeaderLength + DecapsulationTests.inner.count
    for second: UInt8 in 1...6 { #expect(streams.read(length).first == second) }
    #expect(try streams.end() == [])
  }
}
