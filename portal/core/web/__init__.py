"""What every page stands on: audiences, forms, lists, exports, headers, error pages."""
