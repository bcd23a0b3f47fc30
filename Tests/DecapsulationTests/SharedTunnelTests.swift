import Captures
import Decapsulation
import Foundation
import Packets
import TestSupport
import Testing

/// Recovered frames of other projects' captures, decoded by tshark, against the inner layers that tshark
/// sees in the originals.
@Suite(.enabled(if: SharedCaptures.arePresent, "\(SharedCaptures.skipReason)"))
struct SharedTunnelTests {
  static let fields = [
    "frame.protocols", "frame.time_epoch", "frame.comment", "eth.src", "eth.dst", "vlan.id",
    "ip.src", "ip.dst", "ip.id", "ip.ttl", "ip.len", "ipv6.src", "ipv6.dst", "tcp.seq_raw",
    "tcp.srcport", "tcp.dstport", "udp.srcport", "udp.dstport", "icmp.type", "icmp.seq",
    "arp.src.proto_ipv4", "arp.dst.proto_ipv4", "vxlan.vni", "geneve.vni",
  ]
  /// What the layers of the original that remain must have been.
  static let innerFields = fields.filter {
    !["vxlan.vni", "geneve.vni", "frame.comment"].contains($0)
  }

  static func paths(_ folders: [String]) -> [String] {
    SharedCaptures.entries.filter { entry in
      folders.contains { entry.name.hasPrefix($0 + "/") } && (entry.packets ?? 0) > 0
        && !entry.endsInError && !entry.name.hasSuffix(".gz")
        && !["bigtcp", "zeek__erspan.pcap"].contains { entry.name.contains($0) }
    }.map(\.path)
  }

  /// All captures of some folders in one file, in their order.
  static func joined(_ folders: [String]) throws -> TemporaryFile {
    let file = try TemporaryFile()
    let mergecap = try ChildProcess("mergecap", ["-a", "-w", file.path] + paths(folders))
    #expect(mergecap.status == 0, "\(mergecap.errors)")
    return file
  }

  @Test(arguments: [["vxlan", "geneve"], ["tunnels"]])
  func innerLayers(_ folders: [String]) throws {
    let file = try Self.joined(folders)
    let originals = try Tshark.rows(file.path, Self.fields)
    // 65530 is the port of one of them.
    var options = DecapsulationOptions()
    options.decoding.vxlanPorts.append(65_530)
    let decapsulated = try Decapsulated([file.path], options: options)
    let frames = try decapsulated.tshark(Self.fields)
    try #require(frames.count == originals.count)
    #expect(Int(decapsulated.counts.read) == originals.count)
    var stripped = 0
    for (index, (frame, original)) in zip(frames, originals).enumerated() {
      let place = Comment(rawValue: "frame \(index + 1): \(original["frame.protocols"] ?? "")")
      guard let comment = frame["frame.comment"], !comment.isEmpty,
        !comment.hasSuffix("encrypted")
      else {
        var unchanged = frame
        unchanged["frame.comment"] = original["frame.comment"]
        #expect(unchanged == original, place)
        continue
      }
      stripped += 1
      compare(frame, original, place)
      compareVNI(comment, frame, original, place)
    }
    #expect(stripped == decapsulated.recovered)
    #expect(stripped > 50)
  }

  private func compare(
    _ frame: [String: String], _ original: [String: String], _ place: Comment
  ) {
    // What has no Ethernet header gets one of zeros where its type is neither IPv4 nor IPv6.
    let isFramed = frame["eth.src"] == "00:00:00:00:00:00"
    for field in Self.innerFields where !(isFramed && field.hasPrefix("eth.")) {
      guard var value = frame[field], let whole = original[field] else { continue }
      if field == "frame.protocols" && value.hasPrefix("raw:") { value.removeFirst(4) }
      if field == "frame.protocols" && isFramed { value.removeFirst("eth:ethertype:".count) }
      #expect(whole == value || whole.hasSuffix(value), "\(place): \(field) \(value) of \(whole)")
    }
    let layers = (frame["frame.protocols"] ?? "").count
    #expect(layers < (original["frame.protocols"] ?? "").count, place)
  }

  /// Sixteen of its frames came in fragments; tshark shows what they hold with the last one.
  @Test func fragments() throws {
    let entry = try #require(
      SharedCaptures.entries.first { $0.name.hasSuffix("zeek__erspan.pcap") })
    let originals = try Tshark.rows(entry.path, Self.fields, defragments: true).filter {
      $0["frame.protocols"]?.contains(":gre:") == true
    }
    let decapsulated = try Decapsulated([entry.path])
    let frames = try decapsulated.tshark(Self.fields)
    try #require(frames.count == originals.count)
    for (frame, original) in zip(frames, originals) {
      compare(frame, original, "time \(original["frame.time_epoch"] ?? "")")
      #expect(frame["frame.time_epoch"] == original["frame.time_epoch"])
    }
    #expect(decapsulated.counts.joinedPackets == 16)
  }

  /// tshark prints VXLAN's VNI in decimal, Geneve's in hexadecimal.
  private func compareVNI(
    _ comment: String, _ frame: [String: String], _ original: [String: String], _ place: Comment
  ) {
    for (field, radix) in [("vxlan.vni", 10), ("geneve.vni", 16)] {
      guard frame[field] == "", let text = original[field]?.split(separator: ",").last,
        let vni = UInt32(text.replacing("0x", with: ""), radix: radix)
      else { continue }
      #expect(comment.contains("vni \(vni), "), place)
    }
  }

  /// tshark does not decode what is in a UDP datagram above 65,535 bytes; its inner headers are known
  /// from its file's name, its length from the outer frame's.
  @Test(arguments: ["ipv4-vxlan-ipv4", "ipv4-vxlan-ipv6", "ipv6-vxlan-ipv4", "ipv6-vxlan-ipv6"])
  func bigTCP(_ kind: String) throws {
    let entry = try #require(
      SharedCaptures.entries.first { $0.name.hasSuffix("bigtcp-\(kind).pcap") })
    let before = try Tshark.rows(entry.path, ["frame.len"])
    let decapsulated = try Decapsulated([entry.path])
    let row = try #require(
      try decapsulated.tshark(["frame.protocols", "frame.len", "tcp.len"]).first)
    let layers = kind.hasSuffix("4") ? "eth:ethertype:ip:tcp" : "eth:ethertype:ipv6:tcp"
    #expect(row["frame.protocols"]?.hasPrefix(layers) == true)
    let outer = 14 + (kind.hasPrefix("ipv4") ? 20 : 40) + 8 + 8
    #expect(Int(row["frame.len"] ?? "") == Int(before.first?["frame.len"] ?? "").map { $0 - outer })
  }

  /// Every file is read to its end or an error, whatever is in it, and all frames are accounted for.
  @Test(arguments: SharedCaptures.entries)
  func allFramesAreAccountedFor(_ entry: SharedCaptures.Entry) throws {
    let decapsulated = try Decapsulated([entry.path])
    let counts = decapsulated.counts
    #expect(decapsulated.errors.count <= 1)
    let ends =
      UInt64(decapsulated.recovered) + counts.passed + counts.duplicateFragments
      + counts.joinedFragments - counts.joinedPackets
    #expect(ends == counts.read)
    if let packets = entry.packets, !entry.name.hasPrefix("fuzz/") {
      #expect(Int(counts.read) == packets)
    }
    let written = decapsulated.recovered + Int(counts.passed)
    #expect(try decapsulated.frames().count == written)
    var options = DecapsulationOptions()
    options.isOnlyTunnelled = true
    let pcap = try Decapsulated([entry.path], format: .pcap(.ethernet), options: options)
    #expect(pcap.recovered == decapsulated.recovered)
    #expect(try pcap.frames().count == pcap.recovered)
    #expect(
      pcap.counts.read == pcap.counts.notTunnelled + UInt64(pcap.recovered)
        + counts.duplicateFragments + counts.joinedFragments - counts.joinedPackets)
  }

  /// No tool complains about what was written.
  @Test func otherToolsReadIt() throws {
    let file = try Self.joined(["vxlan", "geneve", "tunnels"])
    let pcapng = try Decapsulated([file.path])
    let tshark = try ChildProcess("tshark", ["-r", pcapng.file.path])
    #expect(tshark.status == 0)
    #expect(Self.complaints(tshark) == [])
    let capinfos = try ChildProcess("capinfos", ["-M", "-c", pcapng.file.path])
    #expect(capinfos.status == 0 && capinfos.errors.isEmpty)
    #expect(
      String(decoding: capinfos.output, as: UTF8.self).contains(
        " \(pcapng.counts.passed + UInt64(pcapng.recovered))\n"))

    let pcap = try Decapsulated([file.path], format: .pcap(.ethernet))
    for tool in [["tcpdump", "-n", "--count", "-r"], ["tshark", "-r"], ["capinfos"]] {
      let run = try ChildProcess(tool[0], tool.dropFirst() + [pcap.file.path])
      #expect(run.status == 0)
      #expect(Self.complaints(run) == [])
    }
  }

  private static func complaints(_ run: ChildProcess) -> [Substring] {
    run.errors.split(separator: "\n").filter {
      !$0.hasPrefix("Running as user") && !$0.hasPrefix("reading from file")
    }
  }
}
