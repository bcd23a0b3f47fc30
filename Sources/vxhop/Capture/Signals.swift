import Glibc
import Synchronization

/// What the user asks of a running command by signals.
enum Signals {
  private static let stop = Atomic<Bool>(false)
  private static let statistics = Atomic<Bool>(false)

  /// Whether the command should come to its end.
  static var wantsStop: Bool { stop.load(ordering: .relaxed) }

  /// Whether statistics were asked for since the last time.
  static func takeStatisticsRequest() -> Bool {
    statistics.exchange(false, ordering: .relaxed)
  }

  /// Catches SIGINT, SIGTERM and SIGHUP, each once, and SIGUSR1. A second one of the first kind ends
  /// the process at once.
  static func catchAll() {
    // Made here, not by the handler.
    _ = wantsStop
    _ = takeStatisticsRequest()
    signal(SIGPIPE, SIG_IGN)
    for number in [SIGINT, SIGTERM, SIGHUP] {
      catchSignal(number, once: true) { _ in Signals.stop.store(true, ordering: .relaxed) }
    }
    catchSignal(SIGUSR1, once: false) { _ in Signals.statistics.store(true, ordering: .relaxed) }
  }

  /// Hands the signals that end a command, and SIGUSR1, on to another process, or group of them (negative).
  static func handOn(to process: pid_t) {
    receiver.store(process, ordering: .relaxed)
    catchSignal(SIGUSR1, once: false) { _ in
      kill(Signals.receiver.load(ordering: .relaxed), SIGUSR1)
    }
    for number in [SIGINT, SIGTERM, SIGHUP] {
      catchSignal(number, once: true) { _ in
        kill(Signals.receiver.load(ordering: .relaxed), SIGINT)
      }
    }
  }

  private static let receiver = Atomic<Int32>(0)

  /// Without SA_RESTART, so that waiting ends.
  private static func catchSignal(
    _ number: Int32, once: Bool, _ handler: @escaping @convention(c) (Int32) -> Void
  ) {
    var action = sigaction()
    unsafe action.__sigaction_handler.sa_handler = handler
    action.sa_flags = once ? Int32(bitPattern: UInt32(SA_RESETHAND)) : 0
    unsafe sigaction(number, &action, nil)
  }
}
