import Testing

@testable import Trajectories

struct MajorityVoteTests {
  @Test func nobodyWinsWithoutVotes() {
    #expect(MajorityVote<Int>().winner == nil)
  }

  @Test(arguments: [UInt64(1), 2, 3, 4, 5])
  func aMajorityWinsInAnyOrder(seed: UInt64) {
    var generator = SeededGenerator(seed: seed)
    let others = (0..<49).map { _ in Int.random(in: 2...9, using: &generator) }
    let votes = (others + Array(repeating: 1, count: 51)).shuffled(using: &generator)
    var vote = MajorityVote<Int>()
    for candidate in votes { vote.vote(candidate, weight: 1) }
    #expect(vote.winner == 1)
  }

  @Test func aHeavyVoteOutweighsLightOnes() {
    var vote = MajorityVote<String>()
    for _ in 0..<7 { vote.vote("guess", weight: 1) }
    vote.vote("proof", weight: 8)
    #expect(vote.winner == "proof")
    for _ in 0..<3 { vote.vote("proof", weight: 8) }
    for _ in 0..<24 { vote.vote("guess", weight: 1) }
    #expect(vote.winner == "proof")
  }
}
