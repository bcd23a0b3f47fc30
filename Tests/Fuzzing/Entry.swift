import Glibc

#if FUZZING

  /// Called by libFuzzer with each input.
  @_cdecl("LLVMFuzzerTestOneInput")
  public func testOneInput(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    unsafe CaptureFuzzing.take(UnsafeRawBufferPointer(start: start, count: count))
    return 0
  }

#else

  /// Reads the files named on the command line, such as those that a fuzzer left.
  @main
  enum Replay {
    static func main() {
      for path in CommandLine.arguments.dropFirst() {
        guard let bytes = contents(of: path) else {
          print("\(path): cannot be read")
          exit(2)
        }
        unsafe bytes.withUnsafeBytes { unsafe CaptureFuzzing.take($0) }
      }
    }

    private static func contents(of path: String) -> [UInt8]? {
      let descriptor = unsafe open(path, O_RDONLY)
      guard descriptor >= 0 else { return nil }
      defer { close(descriptor) }
      let length = Int(lseek(descriptor, 0, SEEK_END))
      guard length >= 0 else { return nil }
      return unsafe [UInt8](unsafeUninitializedCapacity: length) { buffer, count in
        count = unsafe max(0, pread(descriptor, buffer.baseAddress, length, 0))
      }
    }
  }

#endif
