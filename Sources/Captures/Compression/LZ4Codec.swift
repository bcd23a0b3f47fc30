import CLZ4

/// LZ4's frame format, by liblz4.
@safe
final class LZ4Codec: DecompressionCodec {
  private let context: OpaquePointer
  /// In bytes: what is taken at once, a block or a header. In a call that fails liblz4 does not tell what it made.
  private var pieceLength = LZ4Codec.firstPieceLength

  /// Of every frame's header, and of the header of a block, in bytes.
  private static let (firstPieceLength, blockHeaderLength) = (7, 4)

  /// Nil where there is no memory for it.
  init?() {
    var context: OpaquePointer?
    let result = unsafe LZ4F_createDecompressionContext(&context, UInt32(LZ4F_VERSION))
    guard LZ4F_isError(result) == 0, let context = unsafe context else { return nil }
    unsafe self.context = context
  }

  deinit {
    unsafe LZ4F_freeDecompressionContext(context)
  }

  func unpack(
    _ input: UnsafeRawBufferPointer, into output: UnsafeMutableRawBufferPointer
  ) throws(CodecError) -> CodecProgress {
    var taken = min(input.count, pieceLength)
    var made = output.count
    let result = unsafe LZ4F_decompress(
      context, output.baseAddress, &made, input.baseAddress, &taken, nil)
    guard LZ4F_isError(result) == 0 else {
      throw CodecError(explanation: unsafe String(cString: LZ4F_getErrorName(result)))
    }
    // liblz4 asks for a block together with the next one's header, which may be damaged.
    pieceLength =
      switch result {
      case 0: Self.firstPieceLength
      case ...Self.blockHeaderLength: result
      default: result - Self.blockHeaderLength
      }
    return CodecProgress(taken: taken, made: made, isAtBorder: result == 0)
  }

  func restart() {
    unsafe LZ4F_resetDecompressionContext(context)
    pieceLength = Self.firstPieceLength
  }
}
