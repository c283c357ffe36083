"""The catalogue of offers: what organisations have for clients, searched by stated criteria."""
