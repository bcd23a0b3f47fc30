import Foundation
import Glibc
import Testing

@testable import Reports

@Suite struct OutputSinkTests {
  private func fill(_ sink: OutputSink) {
    let bytes = [UInt8](repeating: 65, count: 1 << 17)
    sink.append(bytes.span.bytes)
  }

  @Test func closesQuietlyWhenTheReaderGoesAway() {
    var ends: [Int32] = [0, 0]
    pipe(&ends)
    close(ends[0])
    let sink = OutputSink(fileDescriptor: ends[1])
    fill(sink)
    fill(sink)
    #expect(sink.isClosed)
    #expect(sink.errorNumber == nil)
    close(ends[1])
  }

  @Test func keepsOtherErrors() {
    let full = open("/dev/full", O_WRONLY)
    let sink = OutputSink(fileDescriptor: full)
    fill(sink)
    #expect(sink.isClosed)
    #expect(sink.errorNumber == ENOSPC)
    close(full)
  }

  @Test func waitsForASlowReader() async {
    var ends: [Int32] = [0, 0]
    pipe(&ends)
    let (reader, writer) = (ends[0], ends[1])
    #expect(fcntl(writer, F_SETFL, O_NONBLOCK) == 0)
    let count = Task.detached {
      var count = 0
      var piece = [UInt8](repeating: 0, count: 4096)
      while true {
        let got = read(reader, &piece, piece.count)
        if got <= 0 { return count }
        count += got
      }
    }
    let sink = OutputSink(fileDescriptor: writer)
    fill(sink)
    #expect(!sink.isClosed)
    close(writer)
    #expect(await count.value == 1 << 17)
    close(reader)
  }
}
