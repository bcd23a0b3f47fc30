import TestSupport
import Testing

@testable import Captures

/// The node's tables in a capture's section header.
struct NodeTablesTests {
  /// JSON that hardly shrinks: a number for each of `count` rows.
  private static func json(rows count: Int) -> [UInt8] {
    var generator = SystemRandomNumberGenerator()
    let rows = (0..<count).map { _ in String(UInt64.random(in: 0...(.max), using: &generator)) }
    return Array("[\(rows.joined(separator: ","))]".utf8)
  }

  private static func capture(_ packed: [UInt8]) throws -> TemporaryFile {
    let taker = WritingTests.Taker()
    var writer = CaptureWriter(
      format: .pcapng, application: "vxhop", nodeTables: packed, taker.take)
    _ = writer.addInterface(WrittenInterface(linkType: .ethernet, name: "n1/cni0"))
    let frame = [UInt8](repeating: 0, count: 60)
    writer.append(frame.span.bytes, time: WritingTests.time, originalLength: 60, interface: 0)
    writer.flush()
    return try TemporaryFile(taker.bytes, named: "tables.pcapng")
  }

  /// Up to a mebibyte, in options of 65,535 bytes at the most, others' readers pass over them.
  @Test(arguments: [1, 5000, 90_000])
  func areReadAsTheyWereWritten(rows: Int) throws {
    let json = Self.json(rows: rows)
    let packed = try #require(NodeTables.packed(json))
    let file = try Self.capture(packed)
    var reader = try CaptureReader(path: file.path)
    let (found, isFirst) = (reader.nodeTables, try reader.advance())
    #expect(found == json && isFirst)

    let tshark = try ChildProcess("tshark", ["-r", file.path, "-T", "fields", "-e", "frame.len"])
    #expect(String(decoding: tshark.output, as: UTF8.self) == "60\n" && tshark.status == 0)
    let capinfos = try ChildProcess("capinfos", ["-M", file.path])
    #expect(capinfos.status == 0 && capinfos.errors == "")
    #expect(!String(decoding: capinfos.output, as: UTF8.self).contains("omment"))
    let tcpdump = try ChildProcess("tcpdump", ["-nr", file.path])
    #expect(tcpdump.status == 0, "\(tcpdump.errors)")
  }

  @Test func moreThanASectionHeaderHoldsIsNotPacked() {
    #expect(NodeTables.packed(Self.json(rows: 200_000)) == nil)
  }

  @Test func whatIsDamagedIsLeftOut() throws {
    var packed = try #require(NodeTables.packed(Self.json(rows: 100)))
    packed[packed.count / 2] ^= 0x55
    for wrong in [packed, Array(packed.prefix(20)), [1, 2, 3]] {
      let file = try Self.capture(wrong)
      var reader = try CaptureReader(path: file.path)
      let (found, isFirst) = (reader.nodeTables, try reader.advance())
      #expect(found == nil && isFirst)
    }
  }

  @Test func whatUnpacksToMoreThanTablesCanBeIsLeftOut() throws {
    let packed = try #require(GzipMember.packed([UInt8](repeating: 32, count: 20 << 20)))
    let file = try Self.capture(packed)
    let found = try CaptureReader(path: file.path).nodeTables
    #expect(found == nil)
  }
}
