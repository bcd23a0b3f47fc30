import Captures
import Foundation
import TestSupport
import Testing

/// Compressed captures, packed by the formats' own programs.
struct CompressionTests {
  /// A program that packs its input, and what its errors call the format.
  struct Packer: Sendable, CustomTestStringConvertible {
    let program: String
    let arguments: [String]

    var testDescription: String { program }

    func packed(_ bytes: [UInt8]) throws -> [UInt8] {
      let process = try ChildProcess(program, arguments, input: bytes)
      #expect(process.status == 0, "\(process.errors)")
      return [UInt8](process.output)
    }
  }

  static let packers = [
    Packer(program: "gzip", arguments: ["-c"]),
    Packer(program: "zstd", arguments: ["-q", "-c"]),
    Packer(program: "lz4", arguments: ["-q", "-B4", "-c"]),
  ]

  /// More than a few of the blocks that are unpacked at once, and hardly compressible.
  static let capture: [UInt8] = {
    var generator = SystemRandomNumberGenerator()
    var pcap = PcapBytes()
    for number in 0..<1500 {
      let packet = (0..<1000).map { _ in UInt8.random(in: 0...63, using: &generator) }
      pcap.append(seconds: 1000 + UInt32(number), fraction: 5, packet)
    }
    return pcap.bytes
  }()

  @Test(arguments: packers) func likeUncompressed(_ packer: Packer) throws {
    let plain = try Reading(Self.capture)
    #expect(plain.records.count == 1500)
    let packed = try packer.packed(Self.capture)
    #expect(try Reading(packed) == plain)
    #expect(Reading(piping: packed, name: "-") == plain)
  }

  /// As `cat a.gz b.gz` makes it, which unpacks to both files' bytes.
  @Test(arguments: packers) func severalFrames(_ packer: Packer) throws {
    let half = Self.capture.count / 2 + 7
    let packed =
      try packer.packed(Array(Self.capture[..<half])) + packer.packed(Array(Self.capture[half...]))
    #expect(try Reading(packed) == Reading(Self.capture))
  }

  @Test(arguments: packers) func readTwice(_ packer: Packer) throws {
    let file = try TemporaryFile(packer.packed(Self.capture))
    var reader = try CaptureReader(path: file.path)
    let (isMapped, canRewind) = (reader.isMapped, reader.canRewind)
    #expect(!isMapped && canRewind)
    for _ in 0..<3 { #expect(try reader.advance()) }
    #expect(try reader.lastRecordTime() == 2_499_000_005_000)
    let frame = reader.record().frame
    #expect(frame == 3, "the reader stays where it was")
    let first = Reading(reader: &reader)
    #expect(first.records.first?.frame == 4)
    reader.rewind()
    #expect(Reading(reader: &reader) == (try Reading(Self.capture)))
  }

  @Test(arguments: packers) func pcapng(_ packer: Packer) throws {
    var pcapng = PcapngBytes()
    pcapng.section(.big)
    pcapng.interface(options: [(2, Array("cni0".utf8))])
    pcapng.enhancedPacket(timestamp: 7, [1, 2, 3, 4])
    let reading = try Reading(packer.packed(pcapng.bytes))
    #expect(reading.interfaceNames == ["cni0"])
    #expect(reading.records.map(\.bytes) == [[1, 2, 3, 4]])
    #expect(reading.error == nil)
  }

  /// What can be unpacked of a file that was cut is read, then the cut is named.
  @Test(arguments: packers) func cutShort(_ packer: Packer) throws {
    let packed = try packer.packed(Self.capture)
    let reading = try Reading(Array(packed[..<(packed.count / 2)]))
    #expect(reading.records.count > 300)
    #expect(
      reading.records == Array(try Reading(Self.capture).records.prefix(reading.records.count)))
    #expect(reading.error?.code == .truncated)
    #expect(reading.error?.byteOffset == UInt64(packed.count / 2))
    #expect(reading.error?.description.contains(packer.program) == true)
  }

  @Test(arguments: packers) func damaged(_ packer: Packer) throws {
    var packed = try packer.packed(Self.capture)
    for index in packed.count / 2..<packed.count / 2 + 64 { packed[index] = 0xff }
    // The packers' checksums of what was damaged come too late for the records.
    #expect(try Reading(packed).error != nil)
  }

  /// What was made of the data before the wrong checksum is read; the last four bytes of gzip are a length.
  @Test(arguments: packers) func wrongChecksum(_ packer: Packer) throws {
    var packed = try packer.packed(Self.capture)
    packed[packed.count - (packer.program == "gzip" ? 8 : 1)] ^= 0xff
    for reading in [try Reading(packed), Reading(piping: packed, name: "-")] {
      #expect(reading.records == (try Reading(Self.capture).records))
      #expect(reading.error?.code == .damaged)
    }
  }

  /// Blocks before the damaged byte are read, of which none holds more than 128 KiB.
  @Test(arguments: packers) func flippedByte(_ packer: Packer) throws {
    var packed = try packer.packed(Self.capture)
    packed[packed.count * 3 / 4] ^= 0xff
    let reading = try Reading(packed)
    #expect(reading.records.count > 900)
    #expect(reading.error != nil)
  }

  /// Tapes and some programs fill up with zeros.
  @Test func zerosBehindGzip() throws {
    let packed = try Self.packers[0].packed(Self.capture) + [UInt8](repeating: 0, count: 700)
    #expect(try Reading(packed) == Reading(Self.capture))
  }

  @Test(arguments: packers) func compressedTwice(_ packer: Packer) throws {
    let packed = try packer.packed(packer.packed(Self.capture))
    #expect(try Reading(packed).error?.code == .compressed)
  }

  @Test(arguments: packers) func nothingCompressed(_ packer: Packer) throws {
    #expect(try Reading(packer.packed([])).error?.code == .empty)
    #expect(try Reading(packer.packed([1, 2, 3, 4, 5])).error?.code == .notACapture)
  }
}
