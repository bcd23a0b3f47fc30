/// Unpacks a compressed capture as it is read. Regular files can be unpacked again from the start.
final class Decompressor {
  private let compression: Compression
  private let codec: any DecompressionCodec
  private var input: ByteWindow
  private var isAtBorder = true
  private var releasedOffset: UInt64 = 0

  /// Mapped pages behind the cursor are given back in steps of this many bytes.
  private static let releaseStep: UInt64 = 8 << 20

  /// `input` stands at its first byte.
  init(_ compression: Compression, codec: any DecompressionCodec, input: consuming ByteWindow) {
    self.compression = compression
    self.codec = codec
    self.input = input
  }

  /// Whether `restart()` is possible.
  var canRestart: Bool { input.isMapped }

  func restart() {
    input.move(to: 0)
    releasedOffset = 0
    isAtBorder = true
    codec.restart()
  }

  /// Where the compressed bytes of a stream come from.
  var descriptor: Int32? { input.descriptor }

  /// Whether nothing came because the compressed bytes have not come yet.
  var isStarved: Bool { input.isStarved }

  /// Fills `output` from its start; returns the number of bytes, 0 at the end and if it `isStarved`.
  ///
  /// - Parameter patience: milliseconds that a stream's next bytes are waited for; -1 until they come.
  func read(
    into output: UnsafeMutableRawBufferPointer, patience: Int32
  ) throws(CaptureError) -> Int {
    input.patience = patience
    input.isStarved = false
    while try input.holds(1) {
      let progress: CodecProgress
      do throws(CodecError) {
        progress = try unsafe Self.unpack(input, by: codec, into: output)
      } catch {
        throw failure(.damaged, "the \(compression.name) data is damaged (\(error.explanation))")
      }
      input.advance(by: progress.taken)
      isAtBorder = progress.isAtBorder
      releasePages()
      if progress.made > 0 { return progress.made }
      if progress.taken == 0 {
        throw failure(.damaged, "the \(compression.name) data is damaged")
      }
    }
    guard !input.isStarved else { return 0 }
    guard isAtBorder else {
      throw failure(
        .truncated, "the \(compression.name) data ends early: it was cut short, or is being written"
      )
    }
    return 0
  }

  private static func unpack(
    _ input: borrowing ByteWindow, by codec: any DecompressionCodec,
    into output: UnsafeMutableRawBufferPointer
  ) throws(CodecError) -> CodecProgress {
    let bytes = input.bytes(from: input.position, count: input.available)
    return try unsafe bytes.withUnsafeBytes { piece throws(CodecError) in
      try unsafe codec.unpack(piece, into: output)
    }
  }

  private func failure(_ code: CaptureError.Code, _ explanation: String) -> CaptureError {
    CaptureError(
      code: code, path: input.path, frame: nil, byteOffset: input.byteOffset,
      explanation: explanation + ": what is before is read")
  }

  private func releasePages() {
    guard input.byteOffset > releasedOffset &+ Self.releaseStep else { return }
    releasedOffset = input.byteOffset
    input.releasePages(before: releasedOffset)
  }
}
