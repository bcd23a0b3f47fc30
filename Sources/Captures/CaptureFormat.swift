/// What a file is, judged by its first bytes.
enum CaptureFormat: BitwiseCopyable {
  case pcap(PcapHeader)
  /// The first records, which have not come yet, tell in which layout they are.
  case unsettledPcap(PcapHeader)
  case pcapng

  /// What precedes the first record or block, in bytes.
  var headerLength: Int {
    if case .pcapng = self { 0 } else { PcapHeader.length }
  }

  /// Recognises a capture by its first bytes, and reads on to its first pcap record or pcapng
  /// block. The window of a compressed capture is replaced by one of what it unpacks to.
  init(of window: inout ByteWindow, isUnpacked: Bool = false) throws(CaptureError) {
    guard try window.holds(1) else {
      throw .atStart(of: window.path, .empty, "is empty: a pcap or pcapng file expected")
    }
    guard try window.holds(4) else {
      throw .notACapture(window.path, firstBytes: window.peek(window.available))
    }
    switch window.integer(at: 0, as: UInt32.self, .big) {
    case 0x0a0d_0d0a:
      self = .pcapng
    case let magic:
      if let header = try PcapHeader(magic: magic, readingFrom: &window) {
        self = header.recognised(in: window).map(Self.pcap) ?? .unsettledPcap(header)
      } else if let compression = Compression(magic: magic) {
        guard !isUnpacked, let codec = compression.makeCodec() else {
          throw .compressed(window.path, compression)
        }
        let (path, retains) = (window.path, window.retains)
        window.retains = false
        let decompressor = Decompressor(compression, codec: codec, input: window)
        window = ByteWindow(unpacking: decompressor, path: path, retains: retains)
        try self.init(of: &window, isUnpacked: true)
      } else {
        throw .notACapture(window.path, firstBytes: window.peek(4))
      }
    }
  }
}

extension CaptureError {
  /// Something is wrong with the capture as a whole.
  static func atStart(of path: String, _ code: Code, _ explanation: String) -> CaptureError {
    CaptureError(code: code, path: path, frame: nil, byteOffset: 0, explanation: explanation)
  }

  fileprivate static func notACapture(_ path: String, firstBytes: [UInt8]) -> CaptureError {
    let start = firstBytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }
    return atStart(
      of: path,
      .notACapture,
      "is not a capture: starts with \(start.joined(separator: " ")); pcap or pcapng expected"
    )
  }

  fileprivate static func compressed(_ path: String, _ compression: Compression) -> CaptureError {
    atStart(
      of: path,
      .compressed,
      """
      is compressed with \(compression.name): unpack it first \
      (\(compression.unpackingCommand) FILE > UNPACKED), or pipe it in and name the input "-"
      """
    )
  }
}
