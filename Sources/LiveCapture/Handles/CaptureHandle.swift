import CLibpcap
package import Captures
import Glibc

/// One interface that is being captured, by libpcap.
///
/// Never in promiscuous mode: a bridge in it copies frames that are not for it through the kernel's
/// filters once more, and what a node's packets cross needs none.
@safe
package struct CaptureHandle: ~Copyable {
  private let handle: OpaquePointer
  /// For poll(2).
  let descriptor: Int32
  package let linkType: LinkType
  /// What libpcap's 32-bit counters said last, and the sums.
  private var lastCounts = (received: UInt32(0), dropped: UInt32(0))
  private var counts = (received: UInt64(0), dropped: UInt64(0))

  /// Opens the interface of that name in the thread's network namespace.
  package init(device: String, settings: HandleSettings) throws(LiveCaptureError) {
    var buffer: [CChar] = Array(repeating: 0, count: Int(PCAP_ERRBUF_SIZE))
    guard let handle = unsafe pcap_create(device, &buffer) else {
      throw LiveCaptureError(.system, device, Self.text(buffer))
    }
    unsafe pcap_set_snaplen(handle, Int32(clamping: settings.snapshotLength))
    unsafe pcap_set_buffer_size(handle, Int32(clamping: settings.bufferSize))
    unsafe pcap_set_timeout(handle, HandleSettings.blockTimeout)
    unsafe pcap_set_tstamp_precision(handle, PCAP_TSTAMP_PRECISION_NANO)
    let status = unsafe pcap_activate(handle)
    guard status >= 0 else {
      let message = unsafe String(cString: pcap_geterr(handle))
      unsafe pcap_close(handle)
      throw Self.error(status, device: device, message: message)
    }
    guard unsafe pcap_setnonblock(handle, 1, &buffer) == 0 else {
      unsafe pcap_close(handle)
      throw LiveCaptureError(.system, device, Self.text(buffer))
    }
    unsafe self.handle = handle
    unsafe descriptor = pcap_get_selectable_fd(handle)
    unsafe linkType = LinkType(rawValue: UInt16(truncatingIfNeeded: pcap_datalink(handle)).linkType)
  }

  deinit {
    unsafe pcap_close(handle)
  }

  /// Keeps packets out in the kernel that do not match an expression of pcap-filter(7).
  package func setFilter(_ expression: String) throws(LiveCaptureError) {
    var program = unsafe bpf_program()
    let netmask: UInt32 = 0xffff_ffff  // PCAP_NETMASK_UNKNOWN
    guard unsafe pcap_compile(handle, &program, expression, 1, netmask) == 0 else {
      throw LiveCaptureError(.wrongFilter, expression, unsafe String(cString: pcap_geterr(handle)))
    }
    defer { unsafe pcap_freecode(&program) }
    guard unsafe pcap_setfilter(handle, &program) == 0 else {
      throw LiveCaptureError(.wrongFilter, expression, unsafe String(cString: pcap_geterr(handle)))
    }
  }

  /// Takes packets that the kernel has ready, `limit` at the most, into a queue; returns their number.
  func read(
    _ limit: Int, into queue: inout RecordQueue
  ) throws(LiveCaptureError) -> Int {
    let count = unsafe withUnsafeMutablePointer(to: &queue) { queue in
      let user = unsafe UnsafeMutableRawPointer(queue).assumingMemoryBound(to: UInt8.self)
      return unsafe pcap_dispatch(handle, Int32(limit), takePacket, user)
    }
    guard count >= 0 else {
      throw LiveCaptureError(.ended, "", unsafe String(cString: pcap_geterr(handle)))
    }
    return Int(count)
  }

  /// Packets that passed the kernel's filter since the beginning, and those among them that found no
  /// room in the buffer.
  mutating func statistics() -> (received: UInt64, dropped: UInt64) {
    var now = pcap_stat()
    guard unsafe pcap_stats(handle, &now) == 0 else { return counts }
    counts.received += UInt64(now.ps_recv &- lastCounts.received)
    counts.dropped += UInt64(now.ps_drop &- lastCounts.dropped)
    lastCounts = (now.ps_recv, now.ps_drop)
    return counts
  }

  private static func text(_ buffer: [CChar]) -> String {
    String(decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  private static func error(_ status: Int32, device: String, message: String) -> LiveCaptureError {
    switch status {
    case PCAP_ERROR_NO_SUCH_DEVICE:
      LiveCaptureError(.noSuchInterface, device, "no such interface")
    case PCAP_ERROR_PERM_DENIED, PCAP_ERROR_PROMISC_PERM_DENIED:
      LiveCaptureError(.notPermitted, device, "capturing needs CAP_NET_RAW")
    case PCAP_ERROR_IFACE_NOT_UP:
      LiveCaptureError(.ended, device, "the interface is down")
    default:
      LiveCaptureError(
        .system, device,
        message.isEmpty ? unsafe String(cString: pcap_statustostr(status)) : message)
    }
  }
}

/// Called by libpcap for each packet; `user` is the queue.
private func takePacket(
  _ user: UnsafeMutablePointer<UInt8>?, _ header: UnsafePointer<pcap_pkthdr>?,
  _ bytes: UnsafePointer<UInt8>?
) {
  guard let user = unsafe user, let header = unsafe header, let bytes = unsafe bytes else { return }
  let queue = unsafe UnsafeMutableRawPointer(user).assumingMemoryBound(to: RecordQueue.self)
  // With nanosecond precision the field of that name holds nanoseconds.
  let time =
    unsafe Int64(header.pointee.ts.tv_sec) * 1_000_000_000 + Int64(header.pointee.ts.tv_usec)
  unsafe queue.pointee.append(
    UnsafeRawBufferPointer(start: bytes, count: Int(header.pointee.caplen)), time: time,
    originalLength: header.pointee.len)
}

extension UInt16 {
  /// libpcap's number of a link type on this system (DLT_) as the files have it (LINKTYPE_).
  fileprivate var linkType: UInt16 { Int32(self) == DLT_RAW ? LinkType.rawIP.rawValue : self }
}
