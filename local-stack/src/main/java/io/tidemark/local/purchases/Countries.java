package io.tidemark.local.purchases;

import java.util.List;
import java.util.Random;

/** Where the made-up shop's customers live: nine of ten in the United Kingdom. */
final class Countries {
  private static final String HOME = "United Kingdom";

  /** From the most frequent to the rarest. */
  private static final List<String> ABROAD =
      List.of(
          "Germany",
          "France",
          "EIRE",
          "Spain",
          "Netherlands",
          "Belgium",
          "Switzerland",
          "Portugal",
          "Australia",
          "Norway",
          "Italy",
          "Channel Islands",
          "Finland",
          "Cyprus",
          "Sweden",
          "Unspecified",
          "Austria",
          "Denmark",
          "Japan",
          "Poland",
          "Israel",
          "USA",
          "Hong Kong",
          "Singapore",
          "Iceland",
          "Canada",
          "Greece",
          "Malta",
          "United Arab Emirates",
          "European Community",
          "RSA",
          "Lebanon",
          "Lithuania",
          "Brazil",
          "Czech Republic",
          "Bahrain",
          "Saudi Arabia");

  private Countries() {}

  static String one(Random random) {
    if (random.nextInt(100) < 91) {
      return HOME;
    }
    double even = random.nextDouble();
    return ABROAD.get((int) (even * Math.sqrt(even) * ABROAD.size()));
  }
}
