import Captures
import Packets
import Trajectories

/// The captures of a report, to look frames up in: what was inside of their tunnels.
final class FrameArchive {
  /// A frame without its tunnels: from its Ethernet header on, or from its IP header without one.
  struct InnerFrame: ~Escapable {
    let bytes: RawSpan
    let linkType: LinkType
    /// On the link, in bytes.
    let originalLength: UInt32

    @_lifetime(copy bytes)
    init(bytes: RawSpan, linkType: LinkType, originalLength: UInt32) {
      self.bytes = bytes
      self.linkType = linkType
      self.originalLength = originalLength
    }
  }

  /// One capture, opened when it is first asked for.
  private final class File {
    var source: FrameSource

    init(source: consuming FrameSource) {
      self.source = source
    }
  }

  /// By number; nil for one that cannot be opened.
  private let files: [File?]
  private let decoding: DecodingOptions
  private var decoders: [LinkType: PacketDecoder] = [:]
  private var summary = PacketSummary()

  init(paths: [String], decoding: DecodingOptions) {
    self.decoding = decoding
    files = paths.map { path in
      do throws(CaptureError) {
        return File(source: try FrameSource(path: path))
      } catch {
        return nil
      }
    }
  }

  /// Whether any capture is of Ethernet frames.
  var hasEthernet: Bool {
    files.contains { $0?.source.interfaces.contains { $0.linkType == .ethernet } ?? false }
  }

  /// Hands on the inner frame of a sighting; answers false if it cannot be read again.
  func withInnerFrame(of row: Observation, _ body: (borrowing InnerFrame) -> Void) -> Bool {
    guard let file = files[Int(row.file)] else { return false }
    var isFound = false
    _ = file.source.withFrame(row.frame) { record, linkType in
      guard
        let decoder = decoders[linkType]
          ?? PacketDecoder(linkType: linkType.rawValue, options: decoding)
      else { return }
      decoders[linkType] = decoder
      decoder.decode(record.bytes, originalLength: record.originalLength, into: &summary)
      guard summary.isObservation else { return }
      let start = Int(
        summary.link.hasEthernet ? summary.link.ethernetOffset : summary.network.offset)
      let bytes = record.bytes.extracting(droppingFirst: start)
      // An outer packet in fragments holds less of the inner one than there was.
      let header = summary.network.offset - UInt32(start)
      let length =
        summary.tunnel.isFragment
        ? row.length + header : record.originalLength - UInt32(start)
      body(
        InnerFrame(
          bytes: bytes, linkType: summary.link.hasEthernet ? .ethernet : .rawIP,
          originalLength: max(length, UInt32(bytes.byteCount))))
      isFound = true
    }
    return isFound
  }
}
