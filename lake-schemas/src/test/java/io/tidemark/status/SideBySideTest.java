package io.tidemark.status;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CyclicBarrier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class SideBySideTest {

  @Test
  void resultsComeInTheOrderOfTheThings() {
    assertThat(SideBySide.of(List.of(3, 1, 2), number -> number * 10)).containsExactly(30, 10, 20);
    assertThat(SideBySide.of(List.of(), number -> number)).isEmpty();
  }

  @Test
  @Timeout(60)
  void threeAreWorkedOnAtOnce() {
    CyclicBarrier all = new CyclicBarrier(3);

    List<String> met = SideBySide.of(List.of("one", "two", "three"), name -> meet(all, name));

    assertThat(met).containsExactly("one", "two", "three");
  }

  @Test
  @Timeout(60)
  void howeverManyThereAreTheyWaitAtOnce() {
    CyclicBarrier all = new CyclicBarrier(20);
    List<String> names = Collections.nCopies(20, "one");

    assertThat(SideBySide.allOf(names, name -> meet(all, name))).isEqualTo(names);
    assertThat(SideBySide.allOf(List.of(), name -> name)).isEmpty();
  }

  @Test
  void aFailureDoesNotKeepTheOthersFromBeingDone() {
    Set<String> done = ConcurrentHashMap.newKeySet();

    assertThatThrownBy(
            () ->
                SideBySide.of(
                    List.of("bad", "good", "worse", "better"),
                    name -> {
                      if (Set.of("bad", "worse").contains(name)) {
                        throw new IllegalArgumentException(name);
                      }
                      return done.add(name);
                    }))
        .hasMessage("bad")
        .satisfies(failure -> assertThat(failure.getSuppressed()).hasSize(1));
    assertThat(done).containsExactlyInAnyOrder("good", "better");
  }

  @Test
  void whatScalaThrowsUndeclaredKeepsItsMessage() {
    assertThatThrownBy(
            () ->
                SideBySide.of(
                    List.of(1),
                    number -> SideBySideTest.<RuntimeException>raise(new IOException("full"))))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("full")
        .hasCauseInstanceOf(IOException.class);
  }

  private static String meet(CyclicBarrier barrier, String name) {
    try {
      barrier.await();
      return name;
    } catch (InterruptedException | BrokenBarrierException e) {
      throw new IllegalStateException("Cannot meet", e);
    }
  }

  @SuppressWarnings("unchecked") // As Scala does, it throws what it does not declare.
  private static <E extends Exception> Object raise(Exception failure) throws E {
    throw (E) failure;
  }
}
