/// What is wrong on the way to a pod, by a node's own tables.
package struct PathProblem: Sendable, Equatable {
  package enum Severity: String, Sendable {
    /// Packets cannot arrive.
    case error
    /// Some packets may not, or nobody can tell.
    case warning
  }

  /// What kind of problem it is: scripts know it by this name.
  package enum Code: String, Sendable {
    case tablesMissing = "tables-missing"
    case routeMissing = "route-missing"
    case routeRefuses = "route-refuses"
    case routeElsewhere = "route-elsewhere"
    case neighbourMissing = "neighbour-missing"
    case neighbourWrong = "neighbour-wrong"
    case fdbMissing = "fdb-missing"
    case fdbAmbiguous = "fdb-ambiguous"
    case fdbWrong = "fdb-wrong"
    case macShared = "mac-shared"
    case macOwn = "mac-own"
    case remoteOwn = "remote-own"
    case remoteShared = "remote-shared"
    case remoteUnreachable = "remote-unreachable"
    case remoteSilent = "remote-silent"
    case remoteWrong = "remote-wrong"
    case vtepMACStale = "vtep-mac-stale"
    case vniMismatch = "vni-mismatch"
    case portMismatch = "port-mismatch"
    case podUnseen = "pod-unseen"
    case podTwice = "pod-twice"
    case vethDetached = "veth-detached"
    case interfaceDown = "interface-down"
    case mtuPodAboveVTEP = "mtu-pod-above-vtep"
    case mtuVTEPAboveNIC = "mtu-vtep-above-nic"
  }

  package let code: Code
  package let severity: Severity
  /// One sentence. Names in it are printable.
  package let summary: String
  /// Commands that show more, or mend it.
  package let advice: [String]

  init(_ severity: Severity, _ code: Code, _ summary: String, advice: [String] = []) {
    self.code = code
    self.severity = severity
    self.summary = summary
    self.advice = advice
  }
}
