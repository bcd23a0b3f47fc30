import CZstd

/// Zstandard (RFC 8878), by libzstd.
@safe
final class ZstdCodec: DecompressionCodec {
  private let context: OpaquePointer

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
    var from = unsafe ZSTD_inBuffer(src: input.baseAddress, size: input.count, pos: 0)
    var to = unsafe ZSTD_outBuffer(dst: output.baseAddress, size: output.count, pos: 0)
    let result = unsafe ZSTD_decompressStream(context, &to, &from)
    guard ZSTD_isError(result) == 0 else {
      throw CodecError(explanation: unsafe String(cString: ZSTD_getErrorName(result)))
    }
    return unsafe CodecProgress(taken: from.pos, made: to.pos, isAtBorder: result == 0)
  }

  func restart() {
    unsafe ZSTD_DCtx_reset(context, ZSTD_reset_session_only)
  }
}
