import PandoFiles
import Synchronization
import Testing

@Suite struct ThreadTeamTests {
  @Test(arguments: [0, 1, 2, 17])
  func everyNumberRunsOnce(count: Int) {
    let seen = Mutex<[Int]>([])
    ThreadTeam.run(count) { number in seen.withLock { $0.append(number) } }
    #expect(seen.withLock { $0.sorted() } == Array(0..<max(count, 1)))
  }

  @Test func threadsShareWorkByACursor() {
    let cursor = Atomic(0)
    let sum = Atomic(0)
    ThreadTeam.run(4) { _ in
      while true {
        let next = cursor.wrappingAdd(1, ordering: .relaxed).oldValue
        if next >= 1000 { return }
        sum.wrappingAdd(next, ordering: .relaxed)
      }
    }
    #expect(sum.load(ordering: .relaxed) == 499_500)
  }
}
