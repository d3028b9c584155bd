-- Sales of each category in each country, minute by minute.
SELECT
  window.start AS window_start,
  window.end AS window_end,
  products.category,
  country,
  count(*) AS purchases,
  sum(quantity) AS quantity,
  sum(quantity * unit_price_cents) AS revenue_cents
FROM purchases
LEFT JOIN products ON products.product_id = purchases.product_id
GROUP BY window(event_time, '1 minute'), products.category, country
