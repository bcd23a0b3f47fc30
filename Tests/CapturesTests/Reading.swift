import Captures
import Foundation
import TestSupport

/// Everything that a reader gives of a capture, copied out of it.
struct Reading: Equatable {
  struct Record: Equatable {
    let bytes: [UInt8]
    let time: Int64
    let originalLength: UInt32
    let interface: Int
    let frame: UInt64
  }

  private(set) var records: [Record] = []
  private(set) var interfaceNames: [String?] = []
  private(set) var error: CaptureError?

  init(path: String) {
    do throws(CaptureError) {
      var reader = try CaptureReader(path: path)
      readAll(&reader)
    } catch {
      self.error = error
    }
  }

  init(_ bytes: [UInt8]) throws {
    let file = try TemporaryFile(bytes)
    self.init(path: file.path)
  }

  /// Reads bytes that come through a pipe.
  init(piping bytes: [UInt8], name: String) {
    let pipe = Pipe()
    let writer = pipe.fileHandleForWriting
    Thread.detachNewThread {
      try? writer.write(contentsOf: bytes)
      try? writer.close()
    }
    do throws(CaptureError) {
      let descriptor = pipe.fileHandleForReading.fileDescriptor
      var reader = try CaptureReader(fileDescriptor: descriptor, name: name)
      readAll(&reader)
    } catch {
      self.error = error
    }
    withExtendedLifetime(pipe) {
      _ = try? pipe.fileHandleForReading.readToEnd()
    }
  }

  init(reader: inout CaptureReader) {
    readAll(&reader)
  }

  private mutating func readAll(_ reader: inout CaptureReader) {
    do throws(CaptureError) {
      while try reader.advance() {
        let record = reader.record()
        records.append(Record(record))
      }
    } catch {
      self.error = error
    }
    interfaceNames = reader.interfaces.map(\.name)
  }
}

extension Reading.Record {
  init(_ record: borrowing CaptureRecord) {
    self.init(
      bytes: record.bytes.withUnsafeBytes { [UInt8]($0) },
      time: record.time,
      originalLength: record.originalLength,
      interface: record.interface,
      frame: record.frame
    )
  }
}
