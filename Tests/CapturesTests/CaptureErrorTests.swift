import Captures
import Foundation
import TestSupport
import Testing

@Suite struct CaptureErrorTests {
  @Test func missingFile() {
    let error = Reading(path: "/nonexistent/capture.pcap").error
    #expect(error?.code == .notFound)
    #expect(error?.description == "/nonexistent/capture.pcap: no such file")
  }

  @Test func directory() {
    #expect(Reading(path: "/").error?.code == .isDirectory)
  }

  @Test(.enabled(if: geteuid() != 0, "root may read every file")) func unreadableFile() throws {
    let file = try TemporaryFile([0])
    try FileManager.default.setAttributes([.posixPermissions: 0], ofItemAtPath: file.path)
    #expect(Reading(path: file.path).error?.code == .permissionDenied)
  }

  @Test func closedDescriptor() {
    do throws(CaptureError) {
      _ = try CaptureReader(fileDescriptor: -1, name: "pipe")
      Issue.record("no error")
    } catch {
      #expect(error.code == .unreadable)
      #expect(error.path == "pipe")
    }
  }

  @Test func emptyFile() throws {
    #expect(try Reading([]).error?.code == .empty)
    #expect(Reading(piping: [], name: "pipe").error?.code == .empty)
  }

  @Test func otherKindOfFile() throws {
    let error = try #require(try Reading([UInt8]("{\"items\":[]}".utf8)).error)
    #expect(error.code == .notACapture)
    #expect(
      error.explanation == "is not a capture: starts with 7b 22 69 74; pcap or pcapng expected")
  }

  @Test(arguments: [
    ("xz", [UInt8]([0xfd, 0x37, 0x7a, 0x58, 0x5a, 0])), ("bzip2", [0x42, 0x5a, 0x68, 0x39]),
  ])
  func compressedFile(_ name: String, _ bytes: [UInt8]) throws {
    let error = try #require(try Reading(bytes).error)
    #expect(error.code == .compressed)
    #expect(error.explanation.contains("\(name) -dc"))
  }

  @Test func unknownVersion() throws {
    var bytes = PcapBytes().bytes
    bytes[4] = 1
    #expect(try Reading(bytes).error?.code == .unsupportedVersion)
  }

  @Test func errorIsThrownOnce() throws {
    var pcap = PcapBytes()
    pcap.append([1])
    let file = try TemporaryFile(pcap.bytes)
    var reader = try CaptureReader(path: file.path)
    #expect(Reading(reader: &reader).error?.code == .truncated)
    #expect(Reading(reader: &reader).error == nil)
    reader.rewind()
    #expect(Reading(reader: &reader).error?.code == .truncated)
  }
}
