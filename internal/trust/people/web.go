package people

import "wijkbaak.nl/internal/base/web"

func (s *Service) routes() []web.Route { return nil }
