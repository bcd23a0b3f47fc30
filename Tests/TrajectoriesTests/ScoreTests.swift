import Foundation
import Scoring
import TestSupport
import Testing

/// The judge of the other tests: it must see what is wrong.
struct ScoreTests {
  static let truth = """
    {"kind":"udp","from":"a","to":"b","path":["n/x","n/y"],"outcome":"lost","last":"n/y",\
    "length":100,"observations":[{"kind":"path","point":"n/x","file":"x","frame":1},\
    {"kind":"path","point":"n/y","file":"y","frame":1}]}
    """
  static let right = """
    {"id":"1","outcome":"lost","last_seen":"n/y","ambiguous":false,"hops":[\
    {"kind":"path","point":"n/x","file":"/tmp/x","frame":1},\
    {"kind":"path","point":"n/y","file":"/tmp/y","frame":1}]}
    """

  @Test func whatIsRightIsPerfect() throws {
    #expect(try Self.score(Self.right).isPerfect)
  }

  @Test(arguments: [
    (#""outcome":"lost""#, #""outcome":"complete""#, "outcome"),
    (#""last_seen":"n/y""#, #""last_seen":"n/x""#, "last point"),
    (#""kind":"path","point":"n/x""#, #""kind":"duplicate","point":"n/x""#, "kinds, order"),
    (#""point":"n/x""#, #""point":"n/z""#, "points"),
    (#""file":"/tmp/y","frame":1"#, #""file":"/tmp/y","frame":2"#, "observations"),
    (#""file":"/tmp/x","frame":1"#, #""file":"/tmp/z","frame":1"#, "not found"),
  ])
  func whatIsWrongIsNamed(part: String, wrong: String, problem: String) throws {
    let score = try Self.score(Self.right.replacing(part, with: wrong))
    #expect(!score.isPerfect)
    #expect(score.mistakes.map { $0.problems.joined(separator: ", ") } == [problem])
  }

  /// Which of two equal packets of an unclear outcome was sent first, nobody knows.
  @Test(arguments: [
    (#""complete""#, #""1""#, ""), (#""complete""#, "null", "retransmission"),
    (#""complete""#, #""2""#, "retransmission"), ("null", #""1""#, ""), ("null", #""2""#, ""),
    ("null", "null", ""), ("null", #""4""#, "retransmission"),
  ])
  func whatWasSentAgain(first outcome: String, link: String, problem: String) throws {
    let truth = [(1, 0, outcome), (2, 0, "null"), (3, 1, #""complete""#)].map {
      frame, transmission, outcome in
      """
      {"kind":"tcp-range","from":"a","to":"b","path":["n/x"],"outcome":\(outcome),"last":"n/x",\
      "length":100,"flow":1,"direction":"up","offset":0,"sequence":7,\
      "transmission":\(transmission),"observations":[\
      {"kind":"path","point":"n/x","file":"x","frame":\(frame)}]}
      """
    }
    let found = [(1, "null"), (2, "null"), (3, link)].map { frame, link in
      """
      {"id":"\(frame)","outcome":"complete","last_seen":"n/x","ambiguous":false,\
      "retransmission_of":\(link),"hops":[\
      {"kind":"path","point":"n/x","file":"x","frame":\(frame)}]}
      """
    }
    let score = try Score(
      of: JSONLines.decode(FoundTrace.self, from: Data(found.joined(separator: "\n").utf8)),
      against: JSONLines.decode(TruePacket.self, from: Data(truth.joined(separator: "\n").utf8)))
    #expect(score.mistakes.flatMap(\.problems) == (problem.isEmpty ? [] : [problem]))
  }

  @Test func precisionAndRecallCountPairs() throws {
    let other = Self.truth.replacing(#""frame":1"#, with: #""frame":2"#)
    let joined = """
      {"id":"1","outcome":"lost","last_seen":"n/y","ambiguous":false,"hops":[\
      {"kind":"path","point":"n/x","file":"x","frame":1},\
      {"kind":"path","point":"n/y","file":"y","frame":2}]}
      """
    let score = try Score(
      of: JSONLines.decode(FoundTrace.self, from: Data((Self.right + "\n" + joined).utf8)),
      against: JSONLines.decode(TruePacket.self, from: Data((Self.truth + "\n" + other).utf8)))
    // Two pairs there are; two were joined, one of them rightly.
    #expect(score.precision == 0.5)
    #expect(score.recall == 0.5)
  }

  private static func score(_ trace: String) throws -> Score {
    try Score(
      of: JSONLines.decode(FoundTrace.self, from: Data(trace.utf8)),
      against: JSONLines.decode(TruePacket.self, from: Data(truth.utf8)))
  }
}
