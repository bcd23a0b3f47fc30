import CZlib

/// gzip (RFC 1952), by zlib.
@safe
final class GzipCodec: DecompressionCodec {
  /// zlib keeps a pointer to it.
  private let stream: UnsafeMutablePointer<z_stream>
  private var isAtBorder = true

  /// Nil where there is no memory for it.
  init?() {
    unsafe stream = .allocate(capacity: 1)
    unsafe stream.initialize(to: z_stream())
    let gzipOnly = MAX_WBITS + 16
    let size = unsafe Int32(MemoryLayout<z_stream>.size)
    if unsafe inflateInit2_(stream, gzipOnly, ZLIB_VERSION, size) != Z_OK {
      return nil
    }
  }

  deinit {
    unsafe inflateEnd(stream)
    unsafe stream.deallocate()
  }

  func unpack(
    _ input: UnsafeRawBufferPointer, into output: UnsafeMutableRawBufferPointer
  ) throws(CodecError) -> CodecProgress {
    // Another member, or zeros that fill a tape's block.
    if isAtBorder, unsafe input.first == 0 {
      let zeros = unsafe input.prefix { $0 == 0 }.count
      return CodecProgress(taken: zeros, made: 0, isAtBorder: true)
    }
    let inputLength = min(input.count, Int(UInt32.max))
    let outputLength = min(output.count, Int(UInt32.max))
    let start = unsafe UnsafeMutableRawPointer(mutating: input.baseAddress)
    unsafe stream.pointee.next_in = start?.assumingMemoryBound(to: Bytef.self)
    unsafe stream.pointee.avail_in = UInt32(inputLength)
    unsafe stream.pointee.next_out = output.baseAddress?.assumingMemoryBound(to: Bytef.self)
    unsafe stream.pointee.avail_out = UInt32(outputLength)
    let result = unsafe inflate(stream, Z_NO_FLUSH)
    let made = unsafe outputLength - Int(stream.pointee.avail_out)
    switch result {
    case Z_STREAM_END:
      isAtBorder = true
      unsafe inflateReset(stream)
    case Z_OK, Z_BUF_ERROR:
      isAtBorder = false
    case Z_DATA_ERROR where made > 0:
      // zlib says so again at the next call, for which there must be input.
      return CodecProgress(taken: 0, made: made, isAtBorder: false)
    default:
      throw CodecError(
        explanation: unsafe stream.pointee.msg.map { unsafe String(cString: $0) } ?? "")
    }
    return CodecProgress(
      taken: unsafe inputLength - Int(stream.pointee.avail_in), made: made, isAtBorder: isAtBorder)
  }

  func restart() {
    unsafe inflateReset(stream)
    isAtBorder = true
  }
}
