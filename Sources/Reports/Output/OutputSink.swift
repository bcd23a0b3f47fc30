import Glibc

/// Where a report goes: an open file, or a closure.
///
/// When the reader goes away (EPIPE) the sink closes quietly and swallows what still comes: a pipe
/// into `head` is no failure. Any other error is kept and closes the sink too.
package final class OutputSink {
  private let write: (RawSpan) -> Int32
  /// Whether nothing is taken any more, so that the work may as well end.
  package private(set) var isClosed = false
  /// The number (errno) of the error that closed the sink; nil if its reader went away.
  package private(set) var errorNumber: Int32?

  /// Writes to an open file, which stays open. A broken pipe must not kill the process before it
  /// can be noticed: SIGPIPE is ignored from here on.
  package init(fileDescriptor: Int32) {
    signal(SIGPIPE, SIG_IGN)
    write = { unsafe $0.withUnsafeBytes { unsafe Self.write($0, to: fileDescriptor) } }
  }

  /// Hands on the bytes to a closure.
  package init(_ take: @escaping (RawSpan) -> Void) {
    write = {
      take($0)
      return 0
    }
  }

  /// Hands on the bytes to several sinks, as long as any of them takes more.
  package init(copyingTo sinks: [OutputSink]) {
    write = { bytes in
      for sink in sinks { sink.append(bytes) }
      return sinks.allSatisfy(\.isClosed) ? EPIPE : 0
    }
  }

  /// Takes bytes, unless the sink is closed.
  package func append(_ bytes: RawSpan) {
    guard !isClosed else { return }
    let error = write(bytes)
    guard error != 0 else { return }
    isClosed = true
    if error != EPIPE { errorNumber = error }
  }

  /// Writes all bytes; returns 0 or the number of the error.
  private static func write(_ bytes: UnsafeRawBufferPointer, to fileDescriptor: Int32) -> Int32 {
    var offset = 0
    while offset < bytes.count {
      let written = unsafe Glibc.write(
        fileDescriptor, bytes.baseAddress?.advanced(by: offset), bytes.count - offset)
      if written > 0 {
        offset += written
      } else if errno == EAGAIN {
        waitUntilWritable(fileDescriptor)
      } else if errno != EINTR {
        return errno
      }
    }
    return 0
  }

  /// A terminal or pipe that others set to non-blocking is waited for.
  private static func waitUntilWritable(_ fileDescriptor: Int32) {
    var request = pollfd(fd: fileDescriptor, events: Int16(POLLOUT), revents: 0)
    _ = unsafe poll(&request, 1, -1)
  }
}
