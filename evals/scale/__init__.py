"""Large libraries made from small ones, and what searching them costs."""
