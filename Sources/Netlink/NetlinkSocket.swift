import CLibnl

/// A connection to the routing tables of the network namespace that it was opened in, whichever
/// thread uses it later.
@safe
final class NetlinkSocket {
  private let handle: OpaquePointer

  /// How often a table that changed while it was being sent is asked for.
  private static let attempts = 8

  init() throws(NetlinkError) {
    guard let handle = unsafe nl_socket_alloc() else {
      throw NetlinkError(attempt: "open a netlink socket", explanation: "out of memory")
    }
    unsafe self.handle = handle
    // Answers to `namespaceNumber` are read here and not by the library, which counts them.
    unsafe nl_socket_disable_auto_ack(handle)
    unsafe nl_socket_disable_seq_check(handle)
    let status = unsafe nl_connect(handle, NETLINK_ROUTE)
    guard status >= 0 else {
      throw NetlinkError(attempt: "open a netlink socket", explanation: Self.words(status))
    }
  }

  deinit {
    unsafe nl_socket_free(handle)
  }

  /// Asks for a whole table (`RTM_GET…`) and makes a row of each of its entries that `row` takes. The
  /// pointers end with its call.
  ///
  /// Without the library's caches, which join entries that differ in what matters here: two nodes
  /// behind one MAC address.
  func rows<Row>(
    of table: String, _ request: Int32, family: Int32 = AF_UNSPEC,
    _ row: @escaping (OpaquePointer) -> Row?
  ) throws(NetlinkError) -> [Row] {
    var status: Int32 = 0
    for _ in 0..<Self.attempts {
      var rows: [Row] = []
      let visitor = unsafe Visitor { unsafe rows += row($0).map { [$0] } ?? [] }
      status = dump(request, family: family, to: visitor)
      if status >= 0 { return rows }
      guard status == -NLE_DUMP_INTR else { break }
    }
    throw NetlinkError(attempt: "read the " + table, explanation: Self.words(status))
  }

  @safe
  private final class Visitor {
    let visit: (OpaquePointer) -> Void

    init(_ visit: @escaping (OpaquePointer) -> Void) {
      unsafe self.visit = visit
    }
  }

  private func dump(_ request: Int32, family: Int32, to visitor: Visitor) -> Int32 {
    let context = unsafe Unmanaged.passUnretained(visitor).toOpaque()
    unsafe nl_socket_modify_cb(
      handle, NL_CB_VALID, NL_CB_CUSTOM,
      { message, context in
        unsafe nl_msg_parse(
          message,
          { object, context in
            guard let object = unsafe object, let context = unsafe context else { return }
            unsafe Unmanaged<Visitor>.fromOpaque(context).takeUnretainedValue().visit(object)
          }, context)
        return Int32(NL_OK.rawValue)
      }, context)
    // All headers of requests begin with the family. The bridge family wants its own one whole.
    var header = ndmsg()
    header.ndm_family = UInt8(family)
    let isNeighbour = request == Int32(RTM_GETNEIGH)
    let length = isNeighbour ? MemoryLayout<ndmsg>.size : MemoryLayout<rtgenmsg>.size
    let sent = unsafe nl_send_simple(handle, request, NLM_F_DUMP, &header, length)
    return withExtendedLifetime(visitor) { sent < 0 ? sent : unsafe nl_recvmsgs_default(handle) }
  }

  /// The number that this namespace gives another one (`link-netnsid`), which `descriptor` is an open
  /// file of. Nil if it has none. rtnetlink(7): RTM_GETNSID.
  func number(ofNamespace descriptor: Int32) -> Int32? {
    guard let message = unsafe nlmsg_alloc_simple(Int32(RTM_GETNSID), 0) else { return nil }
    defer { unsafe nlmsg_free(message) }
    var family = rtgenmsg(rtgen_family: UInt8(AF_UNSPEC))
    guard
      unsafe nlmsg_append(message, &family, MemoryLayout<rtgenmsg>.size, Int32(NLMSG_ALIGNTO)) == 0,
      unsafe nla_put_u32(message, Int32(NETNSA_FD), UInt32(bitPattern: descriptor)) == 0,
      unsafe nl_send_auto(handle, message) >= 0
    else { return nil }
    var sender = sockaddr_nl()
    var buffer: UnsafeMutablePointer<UInt8>?
    let length = unsafe nl_recv(handle, &sender, &buffer, nil)
    defer { unsafe free(buffer) }
    guard let buffer = unsafe buffer, length >= MemoryLayout<nlmsghdr>.size else { return nil }
    let header = unsafe UnsafeMutableRawPointer(buffer).assumingMemoryBound(to: nlmsghdr.self)
    guard unsafe nlmsg_ok(header, length) != 0,
      unsafe Int32(header.pointee.nlmsg_type) == Int32(RTM_NEWNSID),
      let attribute = unsafe nlmsg_find_attr(
        header, Int32(MemoryLayout<rtgenmsg>.size), Int32(NETNSA_NSID))
    else { return nil }
    let number = unsafe nla_get_s32(attribute)
    return number >= 0 ? number : nil
  }

  private static func words(_ status: Int32) -> String {
    unsafe String(cString: nl_geterror(status))
  }
}
