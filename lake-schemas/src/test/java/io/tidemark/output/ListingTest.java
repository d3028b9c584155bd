package io.tidemark.output;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class ListingTest {
  @Test
  void namesTheFirstAndCountsTheRest() {
    assertThat(Listing.of(List.of(), 2)).isEmpty();
    assertThat(Listing.of(List.of("a"), 2)).isEqualTo("a");
    assertThat(Listing.of(List.of("a", "b"), 2)).isEqualTo("a and b");
    assertThat(Listing.of(List.of("a", "b", "c"), 3)).isEqualTo("a, b and c");
    assertThat(Listing.of(List.of("a", "b", "c", "d"), 2)).isEqualTo("a, b and 2 more");
  }
}
