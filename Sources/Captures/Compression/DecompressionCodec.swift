/// Unpacks one kind of compressed data, piece by piece; several frames or members may follow each other.
protocol DecompressionCodec: AnyObject {
  /// Unpacks what it can: takes bytes from `input`, which holds some, and fills `output` from its start. Throws
  /// for damaged data once all that was made before the damage is handed out.
  func unpack(
    _ input: UnsafeRawBufferPointer, into output: UnsafeMutableRawBufferPointer
  ) throws(CodecError) -> CodecProgress

  /// Begins again with the first bytes.
  func restart()
}

struct CodecProgress: BitwiseCopyable {
  /// In bytes.
  var taken: Int
  var made: Int
  /// Whether a frame or member ended with the last byte taken: the data may end here.
  var isAtBorder: Bool
}

/// Why the data is not what it should be, in the words of the library.
struct CodecError: Error {
  let explanation: String
}
