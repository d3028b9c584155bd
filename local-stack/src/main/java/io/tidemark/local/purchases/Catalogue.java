package io.tidemark.local.purchases;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;

/** The items of the made-up shop: some thousand products, and what is sold beside them. */
record Catalogue(List<CatalogueItem> products, List<CatalogueItem> others) {
  private static final int PRODUCTS = 3_000;

  private static final List<String> COLOURS =
      List.of("RED", "PINK", "WHITE", "IVORY", "BLUE", "VINTAGE", "RETROSPOT", "SILVER", "JUMBO");
  private static final List<String> MOTIFS =
      List.of("HEART", "STAR", "OWL", "ROSE", "UNION JACK", "POLKADOT", "BIRD", "SPACEBOY", "CAKE");
  private static final List<String> THINGS =
      List.of(
          "T-LIGHT HOLDER",
          "LUNCH BAG",
          "MUG, LARGE",
          "CARD 5\" X 7\"",
          "CUSHION COVER",
          "DOOR MAT",
          "BUNTING",
          "TEA SET",
          "ALARM CLOCK",
          "JAM JAR");

  private static final List<CatalogueItem> OTHERS =
      List.of(
          new CatalogueItem("POST", "POSTAGE", new BigDecimal("18"), false),
          new CatalogueItem("DOT", "DOTCOM POSTAGE", new BigDecimal("24.95"), false),
          new CatalogueItem("M", "Manual", new BigDecimal("1.25"), false),
          new CatalogueItem("C2", "CARRIAGE", new BigDecimal("50"), false),
          new CatalogueItem("D", "Discount", new BigDecimal("27.5"), false),
          new CatalogueItem("BANK CHARGES", "Bank Charges", new BigDecimal("15"), false));

  Catalogue {
    products = List.copyOf(products);
    others = List.copyOf(others);
  }

  static Catalogue of(long seed) {
    Random random = new Random(~seed);
    List<CatalogueItem> products = new ArrayList<>();
    for (int i = 0; i < PRODUCTS; i++) {
      String variant = i % 3 == 0 ? String.valueOf((char) ('A' + random.nextInt(6))) : "";
      String description =
          "%s %s %s".formatted(one(COLOURS, random), one(MOTIFS, random), one(THINGS, random));
      products.add(new CatalogueItem(20_000 + 7 * i + variant, description, price(random), true));
    }
    return new Catalogue(products, OTHERS);
  }

  List<CatalogueItem> items() {
    return Stream.concat(products.stream(), others.stream()).toList();
  }

  /** A few products make most of the sales. */
  CatalogueItem popular(Random random) {
    double rank = random.nextDouble() * random.nextDouble() * random.nextDouble();
    return products.get((int) (rank * products.size()));
  }

  /** Mostly pence, now and then a tenth of a penny. */
  private static BigDecimal price(Random random) {
    long pence = 19 + (long) (1_500 * random.nextDouble() * random.nextDouble());
    long tenths = 10 * pence + (random.nextInt(20) == 0 ? 1 + random.nextInt(9) : 0);
    return BigDecimal.valueOf(tenths, 3).stripTrailingZeros();
  }

  private static String one(List<String> words, Random random) {
    return words.get(random.nextInt(words.size()));
  }
}
