extension CaptureReader {
  package mutating func resynchronise(at byteOffset: UInt64) -> Bool { false }
  package mutating func lastRecordTime() throws(CaptureError) -> Int64? { nil }
}
