import CLibpcap

/// An expression of pcap-filter(7) compiled for one link type. Everything here that touches memory
/// by address is in this file.
@safe
struct CompiledFilter: ~Copyable {
  private var program: bpf_program

  /// Throws libpcap's message for an expression that does not compile.
  init(expression: String, linkType: Int32) throws(FilterError) {
    // The snapshot length only sets what a match returns: any number but 0.
    guard let handle = unsafe pcap_open_dead(linkType, 262_144) else {
      throw FilterError(expression: expression, explanation: "out of memory")
    }
    defer { unsafe pcap_close(handle) }
    var program = unsafe bpf_program()
    let netmask: UInt32 = 0xffff_ffff  // PCAP_NETMASK_UNKNOWN
    guard unsafe pcap_compile(handle, &program, expression, 1, netmask) == 0 else {
      let message = unsafe String(cString: pcap_geterr(handle))
      throw FilterError(expression: expression, explanation: message)
    }
    unsafe self.program = program
  }

  deinit {
    var program = unsafe program
    unsafe pcap_freecode(&program)
  }

  func matches(_ packet: RawSpan, originalLength: UInt32) -> Bool {
    unsafe packet.withUnsafeBytes { bytes in
      let start = unsafe bytes.baseAddress?.assumingMemoryBound(to: UInt8.self)
      let captured = UInt32(clamping: bytes.count)
      return unsafe bpf_filter(program.bf_insns, start, originalLength, captured) != 0
    }
  }
}

/// A compiled program is never changed, and running it keeps its registers on the stack.
extension CompiledFilter: @unchecked Sendable {}

extension CompiledFilter {
  static let ethernet: Int32 = DLT_EN10MB
  static let rawIP: Int32 = DLT_RAW
}
