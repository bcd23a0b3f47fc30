/// What all selected packets together show, in tables of bounded size.
struct TraceStatistics: Sendable {
  var counts: TraceCounts
  var legs: LegTable
  var flows: FlowTable
  var reasons: ReasonTable
}
