import CZstd

/// Zstandard (RFC 8878), by libzstd.
@safe
final class ZstdCodec: DecompressionCodec {
  private let context: OpaquePointer
  /// In bytes: what is taken at once, a block or a header. In a call that fails zstd does not tell what it made.
  private var pieceLength = ZstdCodec.firstPieceLength

  /// Of every frame's header, and of the header of a block, in bytes.
  private static let (firstPieceLength, blockHeaderLength) = (5, 3)

  /// Nil where there is no memory for it.
  init?() {
    guard let context = unsafe ZSTD_createDCtx() else { return nil }
    unsafe self.context = context
  }

  deinit {
    unsafe ZSTD_freeDCtx(context)
  }

  func unpack(
    _ input: UnsafeRawBufferPointer, into output: UnsafeMutableRawBufferPointer
  ) throws(CodecError) -> CodecProgress {
    var from = unsafe ZSTD_inBuffer(
      src: input.baseAddress, size: min(input.count, pieceLength), pos: 0)
    var to = unsafe ZSTD_outBuffer(dst: output.baseAddress, size: output.count, pos: 0)
    let result = unsafe ZSTD_decompressStream(context, &to, &from)
    guard ZSTD_isError(result) == 0 else {
      throw CodecError(explanation: unsafe String(cString: ZSTD_getErrorName(result)))
    }
    // zstd asks for a block together with the next one's header, which may be damaged.
    pieceLength =
      switch result {
      case 0: Self.firstPieceLength
      case ...Self.blockHeaderLength: result
      default: result - Self.blockHeaderLength
      }
    return unsafe CodecProgress(taken: from.pos, made: to.pos, isAtBorder: result == 0)
  }

  func restart() {
    unsafe ZSTD_DCtx_reset(context, ZSTD_reset_session_only)
    pieceLength = Self.firstPieceLength
  }
}
