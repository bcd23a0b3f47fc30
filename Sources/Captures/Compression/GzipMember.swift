import CZlib

/// A gzip member (RFC 1952) that is small enough to be held whole, by zlib.
enum GzipMember {
  /// Nil where there is no memory for it.
  static func packed(_ bytes: [UInt8]) -> [UInt8]? {
    var stream = unsafe z_stream()
    let (gzip, usualMemory) = (MAX_WBITS + 16, Int32(8))
    guard
      unsafe deflateInit2_(
        &stream, Z_BEST_COMPRESSION, Z_DEFLATED, gzip, usualMemory, Z_DEFAULT_STRATEGY,
        ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) == Z_OK
    else { return nil }
    defer { unsafe deflateEnd(&stream) }
    let bound = unsafe Int(deflateBound(&stream, UInt(bytes.count)))
    var (input, output) = (bytes, [UInt8](repeating: 0, count: bound))
    let status = unsafe input.withUnsafeMutableBufferPointer { input in
      unsafe output.withUnsafeMutableBufferPointer { output in
        unsafe stream.next_in = input.baseAddress
        unsafe stream.avail_in = UInt32(clamping: input.count)
        unsafe stream.next_out = output.baseAddress
        unsafe stream.avail_out = UInt32(clamping: output.count)
        return unsafe deflate(&stream, Z_FINISH)
      }
    }
    guard status == Z_STREAM_END else { return nil }
    return unsafe Array(output.prefix(Int(stream.total_out)))
  }

  /// Nil for what is no gzip member, or holds more than `limit` bytes.
  static func unpacked(_ bytes: [UInt8], limit: Int) -> [UInt8]? {
    guard let codec = GzipCodec() else { return nil }
    var unpacked: [UInt8] = []
    var piece = [UInt8](repeating: 0, count: 64 << 10)
    var taken = 0
    while taken < bytes.count {
      let progress = unsafe bytes.withUnsafeBytes { input in
        unsafe piece.withUnsafeMutableBytes { output in
          try? unsafe codec.unpack(UnsafeRawBufferPointer(rebasing: input[taken...]), into: output)
        }
      }
      guard let progress, progress.taken + progress.made > 0 else { return nil }
      taken += progress.taken
      unpacked += piece[..<progress.made]
      if progress.isAtBorder { return unpacked }
      guard unpacked.count <= limit else { return nil }
    }
    return nil
  }
}
